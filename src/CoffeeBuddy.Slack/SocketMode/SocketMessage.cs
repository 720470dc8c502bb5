using System.Text;
using System.Text.Json;

namespace CoffeeBuddy.Slack.SocketMode;

/// <summary>A message that Slack sends over Socket Mode.</summary>
public sealed record SocketMessage(string Type)
{
    public const string Hello = "hello";
    public const string Disconnect = "disconnect";
    public const string Commands = "slash_commands";
    public const string Interactive = "interactive";
    public const string EventsApi = "events_api";

    /// <summary>A message that is no JSON object, or too large.</summary>
    public static SocketMessage Unreadable { get; } = new("");

    /// <summary>Identifies an envelope for its acknowledgement; null: the message is none. Slack sends one that was not
    /// acknowledged again with the same id or another.</summary>
    public string? EnvelopeId { get; init; }

    /// <summary>The envelope's content, as JSON.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether the acknowledgement may have an answer.</summary>
    public bool AcceptsAnswer { get; init; }

    /// <summary>How often Slack has sent this event before, and why it does again.</summary>
    public int RetryAttempt { get; init; }

    public string? RetryReason { get; init; }

    /// <summary>Why Slack is about to close the connection.</summary>
    public string? Reason { get; init; }

    /// <summary>
    /// The payload as the body of the request that Slack would send over HTTP: a form of a command's fields, a form with
    /// the field <c>payload</c>, or JSON. Null when it is not of the envelope's type.
    /// </summary>
    public byte[]? ToBody()
    {
        try
        {
            return Type switch
            {
                EventsApi => Payload.ToArray(),
                Interactive => Encoding.UTF8.GetBytes(
                    $"payload={Uri.EscapeDataString(Encoding.UTF8.GetString(Payload.Span))}"
                ),
                Commands => Form(Payload),
                _ => null,
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No object, or text that is not Unicode.
            return null;
        }
    }

    internal static SocketMessage Parse(ReadOnlyMemory<byte> text)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            var root = json.RootElement;
            return new SocketMessage(Text(root, "type") ?? "")
            {
                EnvelopeId = Text(root, "envelope_id"),
                Payload = root.TryGetProperty("payload", out var payload)
                    ? Encoding.UTF8.GetBytes(payload.GetRawText())
                    : default,
                AcceptsAnswer =
                    root.TryGetProperty("accepts_response_payload", out var accepts)
                    && accepts.ValueKind == JsonValueKind.True,
                RetryAttempt =
                    root.TryGetProperty("retry_attempt", out var attempt)
                    && attempt.ValueKind == JsonValueKind.Number
                    && attempt.TryGetInt32(out var number)
                        ? number
                        : 0,
                RetryReason = Text(root, "retry_reason"),
                Reason = Text(root, "reason"),
            };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return Unreadable;
        }
    }

    private static string? Text(JsonElement message, string name) =>
        message.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static byte[] Form(ReadOnlyMemory<byte> payload)
    {
        using var json = JsonDocument.Parse(payload);
        return Encoding.UTF8.GetBytes(
            string.Join(
                '&',
                json.RootElement.EnumerateObject()
                    .Where(field => field.Value.ValueKind != JsonValueKind.Null)
                    .Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(Text(field.Value))}")
            )
        );
    }

    private static string Text(JsonElement value) =>
        value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
}
