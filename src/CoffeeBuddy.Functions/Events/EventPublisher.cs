using CoffeeBuddy.Data;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Brings events from the outbox to Kafka: right after the commit within a short wait, and by the sweep whatever is
/// left. An event is marked only when every replica has it, so Kafka can be away for as long as it likes.
/// </summary>
public sealed partial class EventPublisher(
    IProducer<string, byte[]> producer,
    Outbox outbox,
    IOptions<KafkaOptions> options,
    TimeProvider time,
    ILogger<EventPublisher> logger)
{
    /// <summary>After a missed answer requests leave their events to the sweep for this long instead of each waiting anew.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long _resumeAt;

    /// <summary>
    /// Publishes what a request has just committed. Never fails the request: what Kafka did not confirm within
    /// <see cref="KafkaOptions.PublishTimeout"/> stays in the outbox.
    /// </summary>
    public async Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0 || IsPaused)
            return;
        try
        {
            await DeliverAsync(events, options.Value.PublishTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is DatabaseUnavailableException or OperationCanceledException)
        {
            // Published but not marked, or neither: the sweep publishes it, and handlers take an event twice.
            Log.LeftToTheSweep(logger, events[0].Key, events.Count, exception.Message);
        }
    }

    /// <summary>Publishes everything the outbox holds, oldest first. For the sweep: waits as long as the lease allows.</summary>
    /// <returns>How many events Kafka has confirmed.</returns>
    public async Task<int> PublishPendingAsync(CancellationToken cancellationToken)
    {
        const int batch = 200;
        // Longer than the producer tries one message, so that none is on its way twice; short, because after an outage the last
        // attempt's lease is what everybody waits for.
        var lease = TimeSpan.FromSeconds(12);
        var published = 0;
        while (await outbox.TakePendingAsync(batch, lease, cancellationToken) is { Count: > 0 } pending)
        {
            var confirmed = await DeliverAsync(pending, lease / 2, cancellationToken);
            published += confirmed;
            if (confirmed < pending.Count)
                break;
        }

        return published;
    }

    /// <summary>Puts a record on Kafka that is in no outbox.</summary>
    /// <returns>Whether Kafka confirmed it within <see cref="KafkaOptions.PublishTimeout"/>.</returns>
    public async Task<bool> TryPublishAsync(OutboxEvent @event, CancellationToken cancellationToken) =>
        !IsPaused && await ProduceAsync(@event, options.Value.PublishTimeout, cancellationToken);

    private bool IsPaused => time.GetTimestamp() < Volatile.Read(ref _resumeAt);

    private async Task<int> DeliverAsync(IReadOnlyList<OutboxEvent> events, TimeSpan timeout, CancellationToken cancellationToken)
    {
        // All at once: the idempotent producer keeps the order of one key.
        var confirmed = await Task.WhenAll(events.Select(@event => ProduceAsync(@event, timeout, cancellationToken)));
        var ids = events.Where((_, index) => confirmed[index]).Select(@event => @event.OutboxId).ToList();
        if (ids.Count > 0)
            await outbox.MarkPublishedAsync(ids, cancellationToken);
        return ids.Count;
    }

    private async Task<bool> ProduceAsync(OutboxEvent @event, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            await producer.ProduceAsync(@event.Topic, CloudEvent.ToMessage(@event), cancellationToken).WaitAsync(timeout, time, cancellationToken);
            Volatile.Write(ref _resumeAt, 0);
            return true;
        }
        catch (Exception exception) when (exception is KafkaException or TimeoutException)
        {
            Volatile.Write(ref _resumeAt, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
            Log.NotConfirmed(logger, @event.EventType, @event.EventId, @event.Topic, exception.Message);
            return false;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Kafka did not confirm {EventType} {EventId} for {Topic}: {Reason}")]
        public static partial void NotConfirmed(ILogger logger, string eventType, Guid eventId, string topic, string reason);

        [LoggerMessage(LogLevel.Warning, "{Count} events of {Key} are left to the outbox sweep: {Reason}")]
        public static partial void LeftToTheSweep(ILogger logger, string key, int count, string reason);
    }
}
