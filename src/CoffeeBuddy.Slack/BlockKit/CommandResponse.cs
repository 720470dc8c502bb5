using System.Text.Json;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>The HTTP answer to a command: a message that only the person who typed it sees.</summary>
public sealed record CommandResponse(
    string Text,
    IReadOnlyList<Block> Blocks,
    string ResponseType = CommandResponse.Ephemeral
)
{
    public const string Ephemeral = "ephemeral";

    public CommandResponse(SlackMessage message)
        : this(message.Text, message.Blocks) { }

    public string ToJson() => JsonSerializer.Serialize(this, BlockKitJson.Default.CommandResponse);
}
