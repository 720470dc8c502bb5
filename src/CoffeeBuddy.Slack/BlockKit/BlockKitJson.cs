using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.BlockKit;

/// <summary>Block Kit as JSON: snake_case, without null values.</summary>
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
    /// <summary>The view as it is sent to Slack.</summary>
    public static string Serialize(View view) => JsonSerializer.Serialize(view, Default.View);

    /// <summary>The message's text and blocks as they are sent to Slack.</summary>
    public static string Serialize(SlackMessage message) => JsonSerializer.Serialize(message, Default.SlackMessage);
}
