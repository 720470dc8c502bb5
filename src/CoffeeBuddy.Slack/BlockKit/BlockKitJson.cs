using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>The answer in an HTTP response to a submitted view.</summary>
/// <param name="ResponseAction">"errors" or "update".</param>
/// <param name="Errors">What to show beneath which block, by block id.</param>
public sealed record ViewResponse(
    string ResponseAction,
    IReadOnlyDictionary<string, string>? Errors = null,
    View? View = null
)
{
    public string ToJson() => JsonSerializer.Serialize(this, BlockKitJson.Default.ViewResponse);
}

/// <summary>The answer in an HTTP response to a command: a message for the person who typed it alone.</summary>
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

/// <summary>Block Kit as JSON: snake_case, nothing for null.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(View))]
[JsonSerializable(typeof(SlackMessage))]
[JsonSerializable(typeof(ViewResponse))]
[JsonSerializable(typeof(CommandResponse))]
[JsonSerializable(typeof(IReadOnlyList<Block>))]
public sealed partial class BlockKitJson : JsonSerializerContext
{
    /// <summary>The view as it goes to Slack.</summary>
    public static string Serialize(View view) => JsonSerializer.Serialize(view, Default.View);

    /// <summary>The message's text and blocks as they go to Slack.</summary>
    public static string Serialize(SlackMessage message) => JsonSerializer.Serialize(message, Default.SlackMessage);
}
