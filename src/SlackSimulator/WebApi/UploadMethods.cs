using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// <c>files.getUploadURLExternal</c> and <c>files.completeUploadExternal</c>, the two calls of an upload
/// (https://docs.slack.dev/messaging/working-with-files/#uploading_files).
/// </summary>
internal sealed class UploadMethods(
    Workspace workspace,
    ChannelAccess access,
    Files files,
    FileTransfer transfer,
    MessageStore messages,
    AppMessages app
) : IMethodFamily
{
    private const int MaxLength = 1_000_000_000;
    private const int MaxAltText = 1000;

    public IEnumerable<Method> All =>
        [
            new("files.getUploadURLExternal", Tier.Four, GetUploadUrl, ["files:write"], TakesJson: false),
            new("files.completeUploadExternal", Tier.Four, Complete, ["files:write"]),
        ];

    private JsonObject GetUploadUrl(MethodCall call)
    {
        var name = call.Required("filename");
        call.Required("length");
        var length = call.Number("length", 0, int.MinValue, int.MaxValue);
        if (length is < 1 or > MaxLength)
            throw SlackError.Invalid("length", "must be the length of the file in bytes");
        var altText = call.Text("alt_txt");
        if (altText?.Length > MaxAltText)
            throw new SlackError("alt_txt_too_large");
        var (file, ticket) = files.Announce(name, workspace.App.BotUserId, length, altText);
        return new JsonObject { ["upload_url"] = transfer.UploadAddress(ticket).ToString(), ["file_id"] = file.Id };
    }

    private JsonObject Complete(MethodCall call)
    {
        var given = Given(call);
        var channels = Channels(call);
        var draft = Comment(call);
        foreach (var (file, title) in given)
            files.Complete(file, title);
        List<SharedFile> completed = [.. given.Select(one => one.File)];
        foreach (var (channel, thread) in channels)
        {
            var message = app.Create(channel, draft, thread, subtype: "file_share");
            message.Files = completed;
            messages.Post(channel, message);
            files.Share(channel, message);
        }

        return new JsonObject { ["files"] = completed.Select(file => (JsonNode)workspace.File(file)).ToJsonArray() };
    }

    private List<(SharedFile File, string? Title)> Given(MethodCall call)
    {
        if (call.Structure("files", "invalid_arguments") is not JsonArray { Count: > 0 } array)
            throw SlackError.Missing("files");
        return
        [
            .. array.Select(item =>
                item is JsonObject one
                && files.Find(one["id"].Text() ?? "") is { Content: not null, IsComplete: false } file
                    ? (file, one["title"].Text())
                    : throw new SlackError("file_not_found")
            ),
        ];
    }

    private List<(Channel Channel, string? Thread)> Channels(MethodCall call)
    {
        var ids = (call.Text("channel_id") ?? call.Text("channels"))?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return
        [
            .. ids.Select(id =>
            {
                if (workspace.ChannelById(id) is null)
                    throw new SlackError("invalid_channel");
                var channel = access.ForPosting(id);
                return (channel, AppMessages.Thread(channel, call.Text("thread_ts")));
            }),
        ];
    }

    /// <summary>The message above the files, which can be empty.</summary>
    private static DraftContent Comment(MethodCall call)
    {
        var (text, blocks) = (call.Text("initial_comment"), call.Structure("blocks", "invalid_blocks_format"));
        return text is null && blocks is null
            ? new DraftContent("", null, null)
            : MessageDraft.Read(new JsonObject { ["text"] = text, ["blocks"] = blocks?.DeepClone() });
    }
}
