using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Publishes events from the outbox to Kafka: right after the commit, with a short wait, and in the sweep those that
/// are left. An event is marked as published only when all in-sync replicas have it.
/// </summary>
public sealed partial class EventPublisher(
    EventProducer producer,
    RecordSeal seal,
    OutboxStore outbox,
    PublishedMarks marks,
    KafkaFailureLog failures,
    IOptions<KafkaOptions> options,
    TimeProvider time,
    ILogger<EventPublisher> logger
)
{
    /// <summary>
    /// After an unconfirmed event, requests do not wait for Kafka for this long. The producer still sends their events.
    /// </summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private const string Subject = "Publishing of events";

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
            var (confirmed, _) = await DeliverAsync(events, ConfirmTimeout, cancellationToken);
            marks.Add(confirmed);
        }
        catch (Exception exception) when (exception is DatabaseFailureException or OperationCanceledException)
        {
            // Not marked, perhaps published: the sweep publishes it, and handlers accept an event twice.
            Log.LeftToSweep(logger, events[0].Key, events.Count, exception.Message);
        }
    }

    /// <summary>Publishes all events of the outbox that are not leased, the oldest first. For the sweep.</summary>
    /// <returns>Number of events that Kafka confirmed, or will never accept.</returns>
    public async Task<int> PublishPendingAsync(CancellationToken cancellationToken)
    {
        const int batch = 200;
        var lease = TimeBudget.OutboxSweepLease;
        var done = 0;
        while (await outbox.TakePendingAsync(batch, lease, cancellationToken) is { Count: > 0 } pending)
        {
            var (confirmed, refused) = await DeliverAsync(pending, lease / 2, cancellationToken);
            await outbox.MarkPublishedAsync(confirmed, cancellationToken);
            done += confirmed.Count + refused;
            if (confirmed.Count + refused < pending.Count)
                break;
        }

        return done;
    }

    /// <summary>Publishes an event that is not in the outbox.</summary>
    /// <returns>Whether Kafka confirmed it within <see cref="KafkaOptions.PublishTimeout"/>.</returns>
    public async Task<bool> TryPublishAsync(OutboxEvent @event, CancellationToken cancellationToken) =>
        time.GetTimestamp() >= Volatile.Read(ref _resumeAt)
        && !(await WaitAsync(SendAsync(@event), ConfirmTimeout, cancellationToken)).IsError;

    private TimeSpan ConfirmTimeout =>
        time.GetTimestamp() < Volatile.Read(ref _resumeAt) ? TimeSpan.Zero : options.Value.PublishTimeout;

    /// <returns>The events that Kafka has confirmed, which are to be marked, and the number of those that it will never
    /// accept.</returns>
    private async Task<(IReadOnlyCollection<long> Confirmed, int Refused)> DeliverAsync(
        IReadOnlyList<OutboxEvent> events,
        TimeSpan timeout,
        CancellationToken cancellationToken
    )
    {
        // All at the same time: the idempotent producer keeps the order within a key.
        var results = await Task.WhenAll(
            events.Select(async @event =>
            {
                var sending = SendAsync(@event);
                var error = await WaitAsync(sending, timeout, cancellationToken);
                if (error.Code == ErrorCode.Local_TimedOut)
                    _ = MarkLateAsync(sending, @event);
                return (Event: @event, Error: error);
            })
        );
        var confirmed = results.Where(result => !result.Error.IsError).Select(result => result.Event.OutboxId).ToList();
        var refused = results.Where(result => IsRefusal(result.Error)).ToList();
        foreach (var (@event, error) in refused)
            await SetAsideAsync(@event, error, cancellationToken);
        return (confirmed, refused.Count);
    }

    /// <summary>
    /// Passes the event to the producer, which tries for <see cref="TimeBudget.KafkaDelivery"/>. Does not fail.
    /// </summary>
    /// <returns>No error when all in-sync replicas have it.</returns>
    private async Task<Error> SendAsync(OutboxEvent @event)
    {
        try
        {
            var message = CloudEvent.ToMessage(@event);
            seal.Seal(@event.Topic, message);
            await producer.ProduceAsync(@event.Topic, message, CancellationToken.None);
            Volatile.Write(ref _resumeAt, 0);
            failures.Works(Subject);
            return new Error(ErrorCode.NoError);
        }
        catch (KafkaException exception)
        {
            return exception.Error;
        }
    }

    /// <returns>The event's error; <see cref="ErrorCode.Local_TimedOut"/> when Kafka has not answered yet.</returns>
    private async Task<Error> WaitAsync(Task<Error> sending, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Error error;
        try
        {
            error = await sending.WaitAsync(timeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            error = new Error(ErrorCode.Local_TimedOut, $"no answer within {timeout.TotalMilliseconds:0} ms");
        }

        if (!error.IsError || IsRefusal(error) || timeout == TimeSpan.Zero)
            return error;
        failures.Failed(Subject, error);
        Volatile.Write(ref _resumeAt, time.GetTimestamp() + (long)(Pause.TotalSeconds * time.TimestampFrequency));
        return error;
    }

    /// <summary>
    /// Marks an event whose result came after the request has stopped waiting, so that the sweep does not publish it
    /// again.
    /// </summary>
    private async Task MarkLateAsync(Task<Error> sending, OutboxEvent @event)
    {
        try
        {
            var error = await sending;
            if (!error.IsError)
                await outbox.MarkPublishedAsync([@event.OutboxId], CancellationToken.None);
            else if (IsRefusal(error))
                await SetAsideAsync(@event, error, CancellationToken.None);
        }
        catch (DatabaseFailureException exception)
        {
            Log.LeftToSweep(logger, @event.Key, 1, exception.Message);
        }
    }

    /// <summary>Keeps an event that Kafka will never accept in the outbox, where it is not published again.</summary>
    private async Task SetAsideAsync(OutboxEvent @event, Error error, CancellationToken cancellationToken)
    {
        Log.Refused(
            logger,
            @event.EventType,
            @event.EventId,
            @event.Key,
            @event.Topic,
            @event.OutboxId,
            @event.Data.Length,
            error.Reason
        );
        await outbox.MarkFailedAsync(@event.OutboxId, $"{error.Code}: {error.Reason}", cancellationToken);
    }

    /// <summary>Whether Kafka refuses the record itself, so that another attempt has the same result.</summary>
    private static bool IsRefusal(Error error) =>
        error.Code
            is ErrorCode.MsgSizeTooLarge
                or ErrorCode.RecordListTooLarge
                or ErrorCode.InvalidRecord
                or ErrorCode.InvalidMsgSize;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Error,
            "Kafka refuses {EventType} {EventId} of {Key} for {Topic}, {Length} characters; outbox row {OutboxId} is set aside: {Reason}"
        )]
        public static partial void Refused(
            ILogger logger,
            string eventType,
            Guid eventId,
            string key,
            string topic,
            long outboxId,
            int length,
            string reason
        );

        [LoggerMessage(LogLevel.Warning, "{Count} events of {Key} stay in the outbox for the sweep: {Reason}")]
        public static partial void LeftToSweep(ILogger logger, string key, int count, string reason);
    }
}
