using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Outbox;

/// <summary>The events that wait to be published to Kafka: at least once, in order per key.</summary>
public sealed class OutboxStore(Database database, TimeProvider time)
{
    /// <summary>Stores an event that does not belong to a change of a run. The sweep publishes it.</summary>
    public Task<OutboxEvent> AddAsync(
        string topic,
        string key,
        string eventType,
        string data,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = """
                    INSERT INTO outbox (event_id, topic, message_key, event_type, data, trace_parent, created_at)
                    VALUES (@EventId, @Topic, @Key, @EventType, @Data, @TraceParent, @CreatedAt)
                    RETURNING outbox_id
                    """;
                var now = time.Now();
                var added = new OutboxEvent(0, Guid.CreateVersion7(now), topic, key, eventType, data, traceParent, now);
                return added with
                {
                    OutboxId = await connection.ExecuteScalarAsync<long>(
                        new CommandDefinition(Sql, added, cancellationToken: token)
                    ),
                };
            },
            ct
        );

    /// <summary>
    /// Leases unpublished events, the oldest first. The lease of a key's first event covers the key: a later event of
    /// the key is leased only when the first is published or its lease has ended.
    /// </summary>
    /// <param name="limit">Maximum number of events.</param>
    /// <param name="lease">How long these events are not leased again.</param>
    public Task<IReadOnlyList<OutboxEvent>> TakePendingAsync(int limit, TimeSpan lease, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<OutboxEvent>>(
            async (connection, token) =>
            {
                const string Sql = """
                    WITH firsts AS (
                        SELECT first.outbox_id, first.message_key FROM outbox first
                        WHERE first.published_at IS NULL AND first.failed_at IS NULL AND (first.leased_until IS NULL OR first.leased_until <= @now)
                          AND NOT EXISTS (
                            SELECT FROM outbox earlier
                            WHERE earlier.message_key = first.message_key AND earlier.published_at IS NULL AND earlier.failed_at IS NULL AND earlier.outbox_id < first.outbox_id)
                        ORDER BY first.outbox_id LIMIT @limit
                        FOR UPDATE SKIP LOCKED
                    ), taken AS (
                        SELECT o.outbox_id FROM outbox o JOIN firsts ON firsts.message_key = o.message_key
                        WHERE o.published_at IS NULL AND o.failed_at IS NULL AND NOT EXISTS (
                            SELECT FROM outbox leased
                            WHERE leased.message_key = o.message_key AND leased.published_at IS NULL AND leased.failed_at IS NULL
                              AND leased.outbox_id <= o.outbox_id AND leased.leased_until > @now)
                        ORDER BY o.outbox_id LIMIT @limit
                    )
                    UPDATE outbox o SET leased_until = @until, attempts = o.attempts + 1
                    FROM taken WHERE taken.outbox_id = o.outbox_id AND o.published_at IS NULL AND o.failed_at IS NULL
                    RETURNING o.outbox_id, o.event_id, o.topic, o.message_key, o.event_type, o.data, o.trace_parent, o.created_at
                    """;
                var now = time.Now();
                var rows = await connection.QueryAsync<Row>(
                    new CommandDefinition(
                        Sql,
                        new
                        {
                            now,
                            until = now + lease,
                            limit,
                        },
                        cancellationToken: token
                    )
                );
                return [.. rows.Select(row => row.ToEvent()).OrderBy(taken => taken.OutboxId)];
            },
            ct
        );

    /// <summary>Kafka has confirmed these events.</summary>
    public Task MarkPublishedAsync(IReadOnlyCollection<long> outboxIds, CancellationToken ct)
    {
        const string Sql =
            "UPDATE outbox SET published_at = @now, leased_until = NULL WHERE outbox_id = ANY(@ids) AND published_at IS NULL";
        return outboxIds.Count == 0
            ? Task.CompletedTask
            : database.RunAsync(
                (connection, token) =>
                    connection.ExecuteAsync(
                        new CommandDefinition(
                            Sql,
                            new { now = time.Now(), ids = outboxIds.ToArray() },
                            cancellationToken: token
                        )
                    ),
                ct
            );
    }

    /// <summary>Kafka will never accept this event. It is kept, and is not leased again.</summary>
    public Task MarkFailedAsync(long outboxId, string failure, CancellationToken ct)
    {
        const string Sql =
            "UPDATE outbox SET failed_at = @now, failure = @failure, leased_until = NULL WHERE outbox_id = @outboxId AND published_at IS NULL";
        return database.RunAsync(
            (connection, token) =>
                connection.ExecuteAsync(
                    new CommandDefinition(
                        Sql,
                        new
                        {
                            now = time.Now(),
                            outboxId,
                            failure,
                        },
                        cancellationToken: token
                    )
                ),
            ct
        );
    }

    /// <summary>The number of events that Kafka has not confirmed yet, without those it will never accept.</summary>
    public Task<long> CountPendingAsync(CancellationToken ct) =>
        CountAsync("published_at IS NULL AND failed_at IS NULL", ct);

    /// <summary>The number of events that Kafka will never accept.</summary>
    public Task<long> CountFailedAsync(CancellationToken ct) => CountAsync("failed_at IS NOT NULL", ct);

    private Task<long> CountAsync(string condition, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
                connection.ExecuteScalarAsync<long>(
                    new CommandDefinition($"SELECT count(*) FROM outbox WHERE {condition}", cancellationToken: token)
                ),
            ct
        );

    private sealed class Row
    {
        public long OutboxId { get; set; }
        public Guid EventId { get; set; }
        public string Topic { get; set; } = "";
        public string MessageKey { get; set; } = "";
        public string EventType { get; set; } = "";
        public string Data { get; set; } = "";
        public string? TraceParent { get; set; }
        public DateTimeOffset CreatedAt { get; set; }

        public OutboxEvent ToEvent() =>
            new(OutboxId, EventId, Topic, MessageKey, EventType, Data, TraceParent, CreatedAt);
    }
}
