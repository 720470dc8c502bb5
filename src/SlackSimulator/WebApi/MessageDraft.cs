using SlackSimulator.BlockKit;
using SlackSimulator.Json;

namespace SlackSimulator.WebApi;

/// <summary>
/// The checked content of a message from the app: from the Web API, a response_url or the answer to a command.
/// </summary>
/// <param name="Blocks">Null without blocks.</param>
/// <param name="KeepsBlocks">Whether an update keeps the message's blocks, because the app sent none.</param>
internal sealed record DraftContent(string Text, JsonArray? Blocks, JsonObject? Metadata, bool KeepsBlocks = false);

internal static class MessageDraft
{
    /// <summary>Reads and checks the message in a call's arguments.</summary>
    /// <exception cref="SlackError">The message violates Slack's rules.</exception>
    public static DraftContent Read(MethodCall call)
    {
        if (call.Structure("attachments", "invalid_attachments") is JsonArray { Count: > 0 })
            throw new SlackError(
                "invalid_attachments",
                new Violation("/attachments", "not_simulated", "attachments are not simulated")
            );
        if (call.Text("markdown_text") is { } markdown)
            return Markdown(call, markdown);
        var text = call.Text("text") ?? "";
        var blocks = Blocks(call);
        if (text.Length == 0 && blocks is not { Count: > 0 })
            throw new SlackError("no_text");
        if (Checks.Length(text) > BlockKitRules.MaxMessageText)
            throw new SlackError(
                "msg_too_long",
                new Violation("/text", "max_length", $"must be less than {BlockKitRules.MaxMessageText + 1} characters")
            );
        return new DraftContent(text, blocks is { Count: > 0 } ? blocks : null, Metadata(call), blocks is null);
    }

    /// <summary>Reads and checks the message in a JSON body.</summary>
    public static DraftContent Read(JsonObject body) => Read(new MethodCall("message", body, null, isJson: true));

    /// <summary>The message of <c>markdown_text</c>, which is shown like a markdown block.</summary>
    private static DraftContent Markdown(MethodCall call, string markdown)
    {
        if (call.Text("text") is not null || call.Structure("blocks", "invalid_blocks_format") is not null)
            throw new SlackError("markdown_text_conflict");
        if (Checks.Length(markdown) > BlockKitRules.MaxMarkdownText)
            throw new SlackError(
                "msg_too_long",
                new Violation(
                    "/markdown_text",
                    "max_length",
                    $"must be less than {BlockKitRules.MaxMarkdownText + 1} characters"
                )
            );
        JsonArray blocks = [new JsonObject { ["type"] = "markdown", ["text"] = markdown }];
        return new DraftContent(markdown, Identifiers.Complete(blocks), Metadata(call));
    }

    private static JsonArray? Blocks(MethodCall call)
    {
        var blocks = call.Structure("blocks", "invalid_blocks_format");
        if (blocks is null)
            return null;
        if (blocks is not JsonArray array)
            throw new SlackError("invalid_blocks_format");
        var violations = BlockKitRules.CheckBlocks(array);
        if (violations.Count > 0)
            throw new SlackError("invalid_blocks", violations);
        if (BlockKitRules.TextLength(array) > BlockKitRules.MaxMessageBlockText)
        {
            throw new SlackError(
                "msg_blocks_too_long",
                new Violation(
                    "/blocks",
                    "max_length",
                    $"must have less than {BlockKitRules.MaxMessageBlockText + 1} characters in all"
                )
            );
        }

        return Identifiers.Complete(array.Clone());
    }

    private static JsonObject? Metadata(MethodCall call)
    {
        var metadata = call.Structure("metadata", "invalid_metadata_format");
        if (metadata is null)
            return null;
        return
            metadata is JsonObject given
            && given["event_type"].Text() is { Length: > 0 }
            && given["event_payload"] is JsonObject
            ? given.Clone()
            : throw new SlackError("invalid_metadata_schema");
    }
}
