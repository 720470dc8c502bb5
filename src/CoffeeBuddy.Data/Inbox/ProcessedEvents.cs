using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Inbox;

public enum EventClaimState
{
    /// <summary>It is the caller's to handle.</summary>
    Claimed,

    /// <summary>It was handled before.</summary>
    Done,

    /// <summary>Somebody is handling it, or died over it: ask again later.</summary>
    Busy,
}

/// <param name="Token">Tells this claim from every other claim of the same event.</param>
public sealed record EventClaim(EventClaimState State, string EventId, Guid Token);

/// <summary>Remembers for a day what was handled, so that a delivery repeated by Slack or Kafka is handled once.</summary>
public sealed class ProcessedEvents(Database database, TimeProvider time)
{
    /// <summary>Takes an event on.</summary>
    /// <param name="lease">How long it stays taken if neither <see cref="DoneAsync"/> nor <see cref="ReleaseAsync"/> is called.</param>
    public Task<EventClaim> ClaimAsync(string eventId, TimeSpan lease, CancellationToken ct)
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
        var now = time.Now();
        // One token however often the statement runs: where only its answer was lost, it finds its own claim again.
        var claimToken = Guid.NewGuid();
        return database.RunAsync(
            async (connection, token) =>
            {
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
                        new CommandDefinition(Sql, parameters, cancellationToken: token)
                    ) ?? (int)EventClaimState.Busy
                );
                return new EventClaim(state, eventId, claimToken);
            },
            ct
        );
    }

    /// <summary>It was handled, whoever has taken it on since.</summary>
    public Task DoneAsync(EventClaim claim, CancellationToken ct) =>
        ChangeAsync(
            "UPDATE processed_events SET done_at = @now WHERE event_id = @EventId",
            new { claim.EventId, now = time.Now() },
            ct
        );

    /// <summary>Handling it failed: whoever gets it next may take it on at once. What somebody else has taken on since stays theirs.</summary>
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
