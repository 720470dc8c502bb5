using System.Text.Json;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>
/// A person or channel that Slack writes as an id in some payloads and as an object with an id in others.
/// </summary>
internal sealed class IdConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        using var described = JsonDocument.ParseValue(ref reader);
        return described.RootElement.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String
            ? id.GetString()
            : null;
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
