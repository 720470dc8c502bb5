using System.Buffers;
using System.Diagnostics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.AspNetCore.Http;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Puts verified requests of Slack that need no answer within 3 s on <c>slack.events</c>; while Kafka is unavailable,
/// into the outbox for that topic. A queued request is not lost.
/// </summary>
public sealed class SlackEventsTopic(EventPublisher publisher, OutboxStore outbox, TimeProvider time)
{
    // The message of a clicked button lists what people drink; token and trigger_id are secrets, if short-lived ones.
    private static readonly string[] LeftOut = ["token", "trigger_id", "message"];

    /// <summary>Largest payload in bytes: the rest of a record is for its key and headers.</summary>
    private const int MaxDataBytes = KafkaOptions.MaxRecordBytes - (16 * 1024);

    // The default would write most characters of other languages in six bytes.
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Takes no cancellation token: once begun, the request is queued although Slack has hung up.</summary>
    /// <param name="type"><see cref="EventTypes.SlackEvent"/> or <see cref="EventTypes.SlackInteraction"/>.</param>
    /// <param name="payload">A JSON object.</param>
    /// <param name="key">Requests of one key are handled in order: the channel, or the person.</param>
    /// <exception cref="RequestRefusedException">400: the payload holds text that is not Unicode. 413: it does not fit
    /// into a Kafka record.</exception>
    /// <exception cref="DatabaseFailureException">Neither Kafka nor the outbox took it. Slack repeats its
    /// events.</exception>
    public async Task AddAsync(string type, string payload, string workspaceId, string key)
    {
        var now = time.GetUtcNow();
        var record = new OutboxEvent(
            OutboxId: 0,
            Guid.CreateVersion7(now),
            Topics.SlackEvents,
            $"{workspaceId}:{key}",
            type,
            Reduce(payload),
            Activity.Current?.Id,
            now
        );
        if (await publisher.TryPublishAsync(record, CancellationToken.None))
            return;
        await outbox.AddAsync(
            record.Topic,
            record.Key,
            record.EventType,
            record.Data,
            record.TraceParent,
            CancellationToken.None
        );
    }

    private static string Reduce(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        var kept = new ArrayBufferWriter<byte>(payload.Length);
        using (var writer = new Utf8JsonWriter(kept, Compact))
        {
            writer.WriteStartObject();
            try
            {
                foreach (
                    var member in json.RootElement.EnumerateObject().Where(member => !LeftOut.Any(member.NameEquals))
                )
                    member.WriteTo(writer);
            }
            catch (InvalidOperationException)
            {
                throw new RequestRefusedException(
                    StatusCodes.Status400BadRequest,
                    "The request cannot be read.",
                    "It holds text that is not Unicode."
                );
            }

            writer.WriteEndObject();
        }

        return kept.WrittenCount <= MaxDataBytes
            ? Encoding.UTF8.GetString(kept.WrittenSpan)
            : throw new RequestRefusedException(
                StatusCodes.Status413PayloadTooLarge,
                "The body is too large.",
                $"At most {MaxDataBytes} bytes of JSON are accepted."
            );
    }
}
