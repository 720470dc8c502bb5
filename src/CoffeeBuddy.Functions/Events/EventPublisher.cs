using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
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
    OutboxStore outbox,
    IOptions<KafkaOptions> options,
    TimeProvider time,
    ILogger<EventPublisher> logger
)
{
    /// <summary>After a missed answer requests do not wait for Kafka for this long; their events are on their way all the same.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long _resumeAt;

    /// <summary>
    /// Publishes what a request has just committed. Never fails the request: what Kafka did not confirm within
    /// <see cref="KafkaOptions.PublishTimeout"/> stays in the outbox.
    /// </summary>
    public async Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        try
        {
            await DeliverAsync(events, Patience, cancellationToken);
        }
        catch (Exception exception) when (exception is DatabaseFailureException or OperationCanceledException)
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
        time.GetTimestamp() >= Volatile.Read(ref _resumeAt)
        && await WaitAsync(SendAsync(@event), @event, Patience, cancellationToken);

    private TimeSpan Patience =>
        time.GetTimestamp() < Volatile.Read(ref _resumeAt) ? TimeSpan.Zero : options.Value.PublishTimeout;

    private async Task<int> DeliverAsync(
        IReadOnlyList<OutboxEvent> events,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        // All at once: the idempotent producer keeps the order of one key.
        var confirmed = await Task.WhenAll(
            events.Select(async @event =>
            {
                var sending = SendAsync(@event);
                if (await WaitAsync(sending, @event, patience, cancellationToken))
                    return true;
                _ = MarkLateAsync(sending, @event);
                return false;
            })
        );
        var ids = events.Where((_, index) => confirmed[index]).Select(@event => @event.OutboxId).ToList();
        if (ids.Count > 0)
            await outbox.MarkPublishedAsync(ids, cancellationToken);
        return ids.Count;
    }

    /// <summary>Hands the event to the producer, which tries for as long as its message timeout says.</summary>
    /// <returns>Whether every replica has it. Never fails.</returns>
    private async Task<bool> SendAsync(OutboxEvent @event)
    {
        try
        {
            await producer.ProduceAsync(@event.Topic, CloudEvent.ToMessage(@event), CancellationToken.None);
            Volatile.Write(ref _resumeAt, 0);
            return true;
        }
        catch (KafkaException exception)
        {
            Log.NotConfirmed(logger, @event.EventType, @event.EventId, @event.Topic, exception.Error.Reason);
            return false;
        }
    }

    private async Task<bool> WaitAsync(
        Task<bool> sending,
        OutboxEvent @event,
        TimeSpan patience,
        CancellationToken cancellationToken
    )
    {
        var confirmed = false;
        try
        {
            confirmed = await sending.WaitAsync(patience, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (patience > TimeSpan.Zero)
                Log.NotConfirmed(
                    logger,
                    @event.EventType,
                    @event.EventId,
                    @event.Topic,
                    $"no answer within {patience.TotalMilliseconds:0} ms"
                );
        }

        if (!confirmed && patience > TimeSpan.Zero)
            Volatile.Write(ref _resumeAt, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
        return confirmed;
    }

    /// <summary>Spares the sweep an event that Kafka confirms after nobody waits any more.</summary>
    private async Task MarkLateAsync(Task<bool> sending, OutboxEvent @event)
    {
        try
        {
            if (await sending)
                await outbox.MarkPublishedAsync([@event.OutboxId], CancellationToken.None);
        }
        catch (DatabaseFailureException exception)
        {
            Log.LeftToTheSweep(logger, @event.Key, 1, exception.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Kafka did not confirm {EventType} {EventId} for {Topic}: {Reason}")]
        public static partial void NotConfirmed(
            ILogger logger,
            string eventType,
            Guid eventId,
            string topic,
            string reason
        );

        [LoggerMessage(LogLevel.Warning, "{Count} events of {Key} are left to the outbox sweep: {Reason}")]
        public static partial void LeftToTheSweep(ILogger logger, string key, int count, string reason);
    }
}
