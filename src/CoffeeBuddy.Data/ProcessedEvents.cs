using Dapper;

namespace CoffeeBuddy.Data;

/// <summary>Remembers for a day what was handled, so that a delivery repeated by Slack or Kafka is handled once.</summary>
public sealed class ProcessedEvents(Database database, TimeProvider time)
{
    /// <summary>Takes an event on.</summary>
    /// <param name="lease">How long it stays taken if neither <see cref="DoneAsync"/> nor <see cref="ReleaseAsync"/> is called.</param>
    /// <returns>False when it was handled, or somebody is handling it.</returns>
    public Task<bool> TryClaimAsync(string eventId, TimeSpan lease, CancellationToken ct)
    {
        const string Sql = """
            INSERT INTO processed_events (event_id, claimed_until) VALUES (@eventId, @until)
            ON CONFLICT (event_id) DO UPDATE SET claimed_until = excluded.claimed_until
            WHERE processed_events.done_at IS NULL AND processed_events.claimed_until <= @now
            """;
        var now = time.Now();
        return ChangedAsync(Sql, new { eventId, now, until = now + lease }, ct);
    }

    public Task DoneAsync(string eventId, CancellationToken ct) =>
        ChangedAsync("UPDATE processed_events SET done_at = @now WHERE event_id = @eventId", new { eventId, now = time.Now() }, ct);

    /// <summary>Handling it failed: whoever gets it next may take it on at once.</summary>
    public Task ReleaseAsync(string eventId, CancellationToken ct) =>
        ChangedAsync("DELETE FROM processed_events WHERE event_id = @eventId AND done_at IS NULL", new { eventId }, ct);

    private Task<bool> ChangedAsync(string sql, object parameters, CancellationToken ct) => database.RunAsync(
        async (connection, token) => await connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)) > 0, ct);
}
