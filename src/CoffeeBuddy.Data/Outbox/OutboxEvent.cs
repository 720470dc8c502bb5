namespace CoffeeBuddy.Data.Outbox;

/// <summary>
/// An event that is to be published to Kafka. The worker that gets one has a lease of some seconds: it publishes it,
/// then marks it.
/// </summary>
/// <param name="EventId">The CloudEvents id; the same when the event is published again.</param>
/// <param name="Key">The Kafka key: the run's id for the events of a run.</param>
/// <param name="Data">JSON; <see cref="EventData"/> for the events of a run.</param>
/// <param name="TraceParent">The W3C trace context of the request that caused it.</param>
public sealed record OutboxEvent(
    long OutboxId,
    Guid EventId,
    string Topic,
    string Key,
    string EventType,
    string Data,
    string? TraceParent,
    DateTimeOffset CreatedAt
);
