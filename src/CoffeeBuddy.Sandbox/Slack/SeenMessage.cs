using System.Text.Json.Nodes;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>A message as one person of the workspace sees it.</summary>
public sealed record SeenMessage(
    string Channel,
    string Ts,
    string? ThreadTs,
    string Text,
    bool IsEphemeral,
    JsonNode Json
)
{
    /// <summary>
    /// The displayed text in mrkdwn: that of the blocks, or <see cref="Text"/> without blocks. Buttons are in brackets.
    /// </summary>
    public string Shown { get; } =
        Json["blocks"] is JsonArray { Count: > 0 } blocks ? string.Join('\n', TextsOf(blocks)) : Text;

    /// <summary>The action ids of the message's buttons.</summary>
    public IReadOnlyList<string> Buttons { get; } =
        Json["blocks"] is JsonArray blocks
            ?
            [
                .. blocks
                    .SelectMany(block =>
                        ((block!["elements"] as JsonArray) ?? []).Append(block["accessory"]?.DeepClone())
                    )
                    .Where(element => (string?)element?["type"] == "button")
                    .Select(element => (string)element!["action_id"]!),
            ]
            : [];

    private static IEnumerable<string> TextsOf(JsonNode? node) =>
        node switch
        {
            JsonObject button when (string?)button["type"] == "button" => [$"[{button["text"]!["text"]}]"],
            JsonObject item when item["text"] is JsonValue text && (string?)item["type"] is "mrkdwn" or "plain_text" =>
            [
                (string)item["text"]!,
            ],
            JsonObject item => item.SelectMany(property => TextsOf(property.Value)),
            JsonArray items => items.SelectMany(TextsOf),
            _ => [],
        };
}
