using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Publishes events from the outbox to Kafka: right after the commit, with a short wait, and in the sweep those that
/// are left. An event is marked as published only when all in-sync replicas have it.
/// </summary>
public sealed partial class EventPublisher(
    IProducer<string, byte[]> producer,
    OutboxStore outbox,
    IOptions<KafkaOptions> options,
    TimeProvider time,
    ILogger<EventPublisher> logger
)
{
    /// <summary>
    /// After an unconfirmed event, requests do not wait for Kafka for this long. The producer still sends their events.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private long _resumeAt;

    /// <summary>
    /// Publishes the events that a request has committed. Does not fail: an event that Kafka does not confirm within
    /// <see cref="KafkaOptions.PublishTimeout"/> stays in the outbox.
    /// </summary>
    public async Task PublishAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        if (events.Count == 0)
            return;
        try
        {
            await DeliverAsync(events, ConfirmTimeout, cancellationToken);
        }
        catch (Exception exception) when (exception is DatabaseFailureException or OperationCanceledException)
        {
            // Not marked, perhaps published: the sweep publishes it, and handlers accept an event twice.
            Log.LeftToSweep(logger, events[0].Key, events.Count, exception.Message);
        }
    }

    /// <summary>Publishes all events of the outbox that are not leased, the oldest first. For the sweep.</summary>
    /// <returns>Number of events that Kafka confirmed.</returns>
    public async Task<int> PublishPendingAsync(CancellationToken cancellationToken)
    {
        const int batch = 200;
        var lease = TimeBudget.OutboxSweepLease;
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

    /// <summary>Publishes an event that is not in the outbox.</summary>
    /// <returns>Whether Kafka confirmed it within <see cref="KafkaOptions.PublishTimeout"/>.</returns>
    public async Task<bool> TryPublishAsync(OutboxEvent @event, CancellationToken cancellationToken) =>
        time.GetTimestamp() >= Volatile.Read(ref _resumeAt)
        && await WaitAsync(SendAsync(@event), @event, ConfirmTimeout, cancellationToken);

    private TimeSpan ConfirmTimeout =>
        time.GetTimestamp() < Volatile.Read(ref _resumeAt) ? TimeSpan.Zero : options.Value.PublishTimeout;

    private async Task<int> DeliverAsync(
        IReadOnlyList<OutboxEvent> events,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        // All at the same time: the idempotent producer keeps the order within a key.
        var confirmed = await Task.WhenAll(
            events.Select(async @event =>
            {
                var sending = SendAsync(@event);
                if (await WaitAsync(sending, @event, timeout, cancellationToken))
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

    /// <summary>
    /// Passes the event to the producer, which tries for <see cref="TimeBudget.KafkaDelivery"/>. Does not fail.
    /// </summary>
    /// <returns>Whether all in-sync replicas have it.</returns>
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
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        var confirmed = false;
        try
        {
            confirmed = await sending.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            if (timeout > TimeSpan.Zero)
                Log.NotConfirmed(
                    logger,
                    @event.EventType,
                    @event.EventId,
                    @event.Topic,
                    $"no answer within {timeout.TotalMilliseconds:0} ms"
                );
        }

        if (!confirmed && timeout > TimeSpan.Zero)
            Volatile.Write(ref _resumeAt, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
        return confirmed;
    }

    /// <summary>
    /// Marks an event that Kafka confirms after the request has stopped waiting, so that the sweep does not publish it
    /// again.
    /// </summary>
    private async Task MarkLateAsync(Task<bool> sending, OutboxEvent @event)
    {
        try
        {
            if (await sending)
                await outbox.MarkPublishedAsync([@event.OutboxId], CancellationToken.None);
        }
        catch (DatabaseFailureException exception)
        {
            Log.LeftToSweep(logger, @event.Key, 1, exception.Message);
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

        [LoggerMessage(LogLevel.Warning, "{Count} events of {Key} stay in the outbox for the sweep: {Reason}")]
        public static partial void LeftToSweep(ILogger logger, string key, int count, string reason);
    }
}
