using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CoffeeBuddy.Slack.Payloads;

internal static class PayloadJson
{
    public static T? Parse<T>(string json, JsonTypeInfo<T> type, out string reason)
        where T : class => Parse(Encoding.UTF8.GetBytes(json), type, out reason);

    /// <summary>The value, or null with a reason. The reason contains nothing of the input.</summary>
    public static T? Parse<T>(ReadOnlySpan<byte> json, JsonTypeInfo<T> type, out string reason)
        where T : class
    {
        reason = "";
        try
        {
            var value = JsonSerializer.Deserialize(json, type);
            reason = value is null ? "no JSON object" : "";
            return value;
        }
        catch (JsonException exception)
        {
            reason = $"not the expected JSON at line {exception.LineNumber}, byte {exception.BytePositionInLine}";
        }
        catch (InvalidOperationException)
        {
            // The text contains an unpaired surrogate.
            reason = "text that is not Unicode";
        }
        return null;
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(Interaction))]
[JsonSerializable(typeof(SlackEventEnvelope))]
[JsonSerializable(typeof(SlackEventHead))]
internal sealed partial class PayloadJsonContext : JsonSerializerContext;
