using CoffeeBuddy.Data.Connections;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Inbox;

public enum EventClaimState
{
    /// <summary>The caller is to handle the event.</summary>
    Claimed,

    /// <summary>The event was handled before.</summary>
    Done,

    /// <summary>Another claim has not ended: try again later.</summary>
    Busy,
}

/// <param name="Token">Differs for each claim, also of the same event.</param>
public sealed record EventClaim(EventClaimState State, string EventId, Guid Token);

/// <summary>
/// Keeps the ids of handled events, so that an event that Slack or Kafka delivers again is handled once.
/// </summary>
public sealed class ProcessedEvents(Database database, TimeProvider time)
{
    /// <summary>How long an id is kept. Of an older event it is not known whether it was handled.</summary>
    public static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    /// <summary>Claims an event.</summary>
    /// <param name="lease">How long the claim lasts if neither <see cref="DoneAsync"/> nor <see cref="ReleaseAsync"/>
    /// is called.</param>
    public Task<EventClaim> ClaimAsync(string eventId, TimeSpan lease, CancellationToken ct)
    {
        // The same token when the statement is repeated: after a lost answer it finds its own claim.
        var claimToken = Guid.NewGuid();
        var now = time.Now();
        return database.RunAsync(
            (connection, token) => ClaimAsync(connection, eventId, claimToken, now, lease, token),
            ct
        );
    }

    /// <summary>
    /// Claims an event in a transaction that is rolled back: nothing is stored, and the statement and the code behind it
    /// are warm.
    /// </summary>
    public Task RehearseAsync(CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                await using var transaction = await connection.BeginTransactionAsync(token);
                var (id, now) = (Guid.NewGuid(), time.Now());
                var claim = await ClaimAsync(connection, $"rehearsal:{id}", id, now, TimeSpan.FromMinutes(1), token);
                await transaction.RollbackAsync(token);
                return claim;
            },
            ct
        );

    private static async Task<EventClaim> ClaimAsync(
        NpgsqlConnection connection,
        string eventId,
        Guid claimToken,
        DateTimeOffset now,
        TimeSpan lease,
        CancellationToken ct
    )
    {
        const string Sql = """
            WITH claimed AS (
                INSERT INTO processed_events AS e (event_id, claimed_until, claim_token) VALUES (@eventId, @until, @claimToken)
                ON CONFLICT (event_id) DO UPDATE SET claimed_until = excluded.claimed_until, claim_token = excluded.claim_token
                WHERE e.done_at IS NULL AND (e.claimed_until <= @now OR e.claim_token = excluded.claim_token)
                RETURNING 0 AS claim
            )
            SELECT claim FROM claimed
            UNION ALL
            SELECT CASE WHEN done_at IS NULL THEN 2 ELSE 1 END FROM processed_events
            WHERE event_id = @eventId AND NOT EXISTS (SELECT FROM claimed)
            """;
        var parameters = new
        {
            eventId,
            now,
            until = now + lease,
            claimToken,
        };
        // No row: another claim was committed while this statement ran.
        var state = (EventClaimState)(
            await connection.QuerySingleOrDefaultAsync<int?>(
                new CommandDefinition(Sql, parameters, cancellationToken: ct)
            ) ?? (int)EventClaimState.Busy
        );
        return new EventClaim(state, eventId, claimToken);
    }

    /// <summary>The event was handled; this also holds when another claim was made meanwhile.</summary>
    public Task DoneAsync(EventClaim claim, CancellationToken ct) =>
        ChangeAsync(
            "UPDATE processed_events SET done_at = @now WHERE event_id = @EventId",
            new { claim.EventId, now = time.Now() },
            ct
        );

    /// <summary>Handling the event failed: it can be claimed again at once. A later claim is not touched.</summary>
    public Task ReleaseAsync(EventClaim claim, CancellationToken ct) =>
        ChangeAsync(
            "DELETE FROM processed_events WHERE event_id = @EventId AND claim_token = @Token AND done_at IS NULL",
            new { claim.EventId, claim.Token },
            ct
        );

    private Task<int> ChangeAsync(string sql, object parameters, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
                connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)),
            ct
        );
}
