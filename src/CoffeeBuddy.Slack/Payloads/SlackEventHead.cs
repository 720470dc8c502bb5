using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The part of an Events API request that says whether CoffeeBuddy handles it.</summary>
internal sealed record SlackEventHead
{
    [JsonConverter(typeof(TextConverter))]
    public string Type
    {
        get => field ?? "";
        init;
    }

    [JsonConverter(typeof(TextConverter))]
    public string? EventId { get; init; }

    [JsonConverter(typeof(HeadEventConverter))]
    public SlackEventHeadEvent? Event { get; init; }

    /// <summary>
    /// Whether the request is one that CoffeeBuddy does not handle. A request without a type, or without an event, is
    /// not: it is invalid.
    /// </summary>
    [JsonIgnore]
    public bool IsUnknown =>
        Type switch
        {
            "" or SlackEventEnvelope.UrlVerification => false,
            SlackEventEnvelope.EventCallback => Event is { Type: not "" } && !Event.IsHandled,
            _ => true,
        };
}

/// <summary>The type of an event.</summary>
internal sealed record SlackEventHeadEvent
{
    [JsonConverter(typeof(TextConverter))]
    public string Type
    {
        get => field ?? "";
        init;
    }

    [JsonConverter(typeof(TextConverter))]
    public string? Subtype { get; init; }

    [JsonIgnore]
    public bool IsHandled =>
        Type is SlackEvent.AppMention or SlackEvent.AppHomeOpened
        || (
            Type == SlackEvent.Message
            && Subtype is null or SlackEvent.ThreadBroadcast or SlackEvent.MessageChanged or SlackEvent.MessageDeleted
        );
}

/// <summary>An object; any other JSON value counts as no event.</summary>
internal sealed class HeadEventConverter : JsonConverter<SlackEventHeadEvent?>
{
    public override SlackEventHeadEvent? Read(
        ref Utf8JsonReader reader,
        Type typeToConvert,
        JsonSerializerOptions options
    )
    {
        if (reader.TokenType == JsonTokenType.StartObject)
            return JsonSerializer.Deserialize(
                ref reader,
                (JsonTypeInfo<SlackEventHeadEvent>)options.GetTypeInfo(typeof(SlackEventHeadEvent))
            );
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, SlackEventHeadEvent? value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Payloads are only read.");
}

/// <summary>A text; any other JSON value counts as none.</summary>
internal sealed class TextConverter : JsonConverter<string?>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return reader.GetString();
        reader.Skip();
        return null;
    }

    public override void Write(Utf8JsonWriter writer, string? value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
