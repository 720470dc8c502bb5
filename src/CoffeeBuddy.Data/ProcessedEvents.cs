using Dapper;

namespace CoffeeBuddy.Data;

public enum EventClaim
{
    /// <summary>It is the caller's to handle.</summary>
    Claimed,

    /// <summary>It was handled before.</summary>
    Done,

    /// <summary>Somebody is handling it, or died over it: ask again later.</summary>
    Busy,
}

/// <summary>Remembers for a day what was handled, so that a delivery repeated by Slack or Kafka is handled once.</summary>
public sealed class ProcessedEvents(Database database, TimeProvider time)
{
    /// <summary>Takes an event on.</summary>
    /// <param name="lease">How long it stays taken if neither <see cref="DoneAsync"/> nor <see cref="ReleaseAsync"/> is called.</param>
    public Task<EventClaim> ClaimAsync(string eventId, TimeSpan lease, CancellationToken ct)
    {
        const string Sql = """
            WITH claimed AS (
                INSERT INTO processed_events (event_id, claimed_until) VALUES (@eventId, @until)
                ON CONFLICT (event_id) DO UPDATE SET claimed_until = excluded.claimed_until
                WHERE processed_events.done_at IS NULL AND processed_events.claimed_until <= @now
                RETURNING 0 AS claim
            )
            SELECT claim FROM claimed
            UNION ALL
            SELECT CASE WHEN done_at IS NULL THEN 2 ELSE 1 END FROM processed_events
            WHERE event_id = @eventId AND NOT EXISTS (SELECT FROM claimed)
            """;
        var now = time.Now();
        return database.RunAsync(
            async (connection, token) =>
                // No row: another claim was committed while this statement ran.
                (EventClaim)(await connection.QuerySingleOrDefaultAsync<int?>(new CommandDefinition(Sql, new { eventId, now, until = now + lease }, cancellationToken: token)) ?? (int)EventClaim.Busy),
            ct);
    }

    public Task DoneAsync(string eventId, CancellationToken ct) =>
        ChangedAsync("UPDATE processed_events SET done_at = @now WHERE event_id = @eventId", new { eventId, now = time.Now() }, ct);

    /// <summary>Handling it failed: whoever gets it next may take it on at once.</summary>
    public Task ReleaseAsync(string eventId, CancellationToken ct) =>
        ChangedAsync("DELETE FROM processed_events WHERE event_id = @eventId AND done_at IS NULL", new { eventId }, ct);

    private Task<bool> ChangedAsync(string sql, object parameters, CancellationToken ct) => database.RunAsync(
        async (connection, token) => await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)) > 0, ct);
}
