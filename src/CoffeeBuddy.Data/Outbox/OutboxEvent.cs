namespace CoffeeBuddy.Data.Outbox;

/// <summary>An event as it is stored until Kafka has it. One in hand is claimed for a few seconds: publish it now, then mark it.</summary>
/// <param name="EventId">The CloudEvents id; the same however often the event is published.</param>
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
