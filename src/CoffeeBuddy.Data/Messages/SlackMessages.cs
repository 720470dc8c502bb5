using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Messages;

public enum ClaimState
{
    /// <summary>Not known to be posted: post it.</summary>
    Post,

    /// <summary>Posted, but shows an older version: update it.</summary>
    Update,

    /// <summary>Shows this version or a newer one: nothing to do.</summary>
    UpToDate,

    /// <summary>Somebody else is posting or updating it: come again.</summary>
    Busy,

    /// <summary>Slack refused it for good: nothing to do.</summary>
    Failed,
}

/// <param name="Version">What the message is to show; above 0.</param>
/// <param name="Token">Tells this claim from every other claim of the same message.</param>
/// <param name="ChannelId">Where it was posted.</param>
/// <param name="Ts">Slack's id of the message; null while it is not known to be posted.</param>
/// <param name="AttemptedSince">
/// When the message was claimed for the first time, if of an earlier claim nobody knows what came of it: with
/// <see cref="ClaimState.Post"/>, Slack may show the message already. Null: it does not.
/// </param>
public sealed record Claim(
    ClaimState State,
    Guid RunId,
    string Kind,
    string Recipient,
    long Version,
    Guid Token,
    string? ChannelId,
    string? Ts,
    DateTimeOffset? AttemptedSince = null
);

/// <summary>
/// What Slack shows of each run. A message is claimed before Slack is called and completed with Slack's answer, so that an
/// event delivered again updates a message instead of posting it twice. A claim lasts 30 s: that is longer than two calls
/// of Slack may take (75 s where a message is looked for first: five calls), and whoever outlives it all the same changes
/// nothing of what the next claimer writes down.
/// </summary>
public sealed class SlackMessages(Database database, TimeProvider time)
{
    /// <summary>Asks what to do to have a message show a version. After Post or Update, complete, release or fail it.</summary>
    /// <param name="kind">One of <see cref="MessageKinds"/>.</param>
    /// <param name="recipient">A user id; empty for what goes to the run's channel.</param>
    /// <param name="retryRefused">Whether to try again what Slack has refused for good: somebody may have put it right since.</param>
    public Task<Claim> ClaimAsync(
        Guid runId,
        string kind,
        string recipient,
        long version,
        CancellationToken ct,
        bool retryRefused = false
    )
    {
        // One token however often the statement runs: where only its answer was lost, it finds its own claim again.
        var claimToken = Guid.NewGuid();
        return database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = """
                    INSERT INTO slack_messages AS m (run_id, kind, recipient, claimed_until, claim_token, attempts, created_at, updated_at)
                    VALUES (@runId, @kind, @recipient, @until, @claimToken, 1, @now, @now)
                    ON CONFLICT (run_id, kind, recipient) DO UPDATE
                    SET claimed_until = CASE WHEN m.attempts > 0 AND m.ts IS NULL THEN @untilLooked ELSE excluded.claimed_until END,
                        claim_token = excluded.claim_token, error = NULL, updated_at = excluded.updated_at,
                        attempts = m.attempts + CASE WHEN m.claim_token = excluded.claim_token THEN 0 ELSE 1 END
                    WHERE (m.error IS NULL OR @retryRefused)
                      AND (m.claimed_until IS NULL OR m.claimed_until <= @now OR m.claim_token = excluded.claim_token)
                      AND (m.ts IS NULL OR m.shown_version < @version)
                    RETURNING true;

                    SELECT channel_id, ts, shown_version, error, attempts, created_at FROM slack_messages
                    WHERE run_id = @runId AND kind = @kind AND recipient = @recipient;
                    """;
                var now = time.Now();
                var parameters = new
                {
                    runId,
                    kind,
                    recipient,
                    version,
                    retryRefused,
                    now,
                    until = now + TimeBudget.MessageClaim,
                    untilLooked = now + TimeBudget.MessageSearchClaim,
                    claimToken,
                };
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                );
                var mine = await results.ReadSingleOrDefaultAsync<bool>();
                var row = await results.ReadSingleAsync<Row>();
                return new Claim(
                    StateOf(row, mine, version),
                    runId,
                    kind,
                    recipient,
                    version,
                    claimToken,
                    row.ChannelId,
                    row.Ts,
                    row.Attempts > 1 ? row.CreatedAt : null
                );
            },
            ct
        );
    }

    /// <summary>Slack shows it.</summary>
    /// <returns>
    /// False when somebody else has claimed the message meanwhile. Which of the two calls Slack heard last is not known
    /// then: both lose their claim, and the message counts as behind, so that it is updated again.
    /// </returns>
    public Task<bool> CompleteAsync(Claim claim, string channelId, string ts, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
            {
                // The second case: it was completed by this claim already, and only the database's answer was lost.
                const string Sql = """
                    UPDATE slack_messages m
                    SET channel_id = CASE WHEN ours.own THEN @channelId ELSE coalesce(m.channel_id, @channelId) END,
                        ts = CASE WHEN ours.own THEN @ts ELSE coalesce(m.ts, @ts) END,
                        shown_version = CASE WHEN ours.own THEN @Version ELSE 0 END,
                        claimed_until = CASE WHEN ours.own THEN NULL ELSE m.claimed_until END,
                        claim_token = NULL, attempts = 0, updated_at = @now
                    FROM (
                        SELECT coalesce(claim_token = @Token, ts = @ts AND shown_version = @Version) AS own FROM slack_messages
                        WHERE run_id = @RunId AND kind = @Kind AND recipient = @Recipient
                        FOR NO KEY UPDATE
                    ) ours
                    WHERE m.run_id = @RunId AND m.kind = @Kind AND m.recipient = @Recipient
                    RETURNING m.shown_version > 0
                    """;
                var parameters = new
                {
                    claim.RunId,
                    claim.Kind,
                    claim.Recipient,
                    claim.Version,
                    claim.Token,
                    channelId,
                    ts,
                    now = time.Now(),
                };
                return connection.QuerySingleAsync<bool>(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                );
            },
            ct
        );

    /// <summary>
    /// The call failed for sure and may succeed later: whoever comes next may claim at once. What an earlier claim may
    /// have posted stays as uncertain as it was.
    /// </summary>
    public Task ReleaseAsync(Claim claim, CancellationToken ct) => EndAsync(claim, error: null, ct);

    /// <summary>Slack refused it for good: it is not tried again unless asked to.</summary>
    /// <param name="error">Slack's error code.</param>
    public Task FailAsync(Claim claim, string error, CancellationToken ct) => EndAsync(claim, error, ct);

    /// <summary>
    /// Slack may have posted it and did not say so. Whoever comes next, 2 s from now or later, is told by
    /// <see cref="Claim.AttemptedSince"/> to look for it first.
    /// </summary>
    public Task LeaveAsync(Claim claim, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
            {
                const string Sql = """
                    UPDATE slack_messages SET claimed_until = @until, claim_token = NULL, updated_at = @now
                    WHERE run_id = @RunId AND kind = @Kind AND recipient = @Recipient AND claim_token = @Token
                    """;
                var now = time.Now();
                var parameters = new
                {
                    claim.RunId,
                    claim.Kind,
                    claim.Recipient,
                    claim.Token,
                    now,
                    until = now + TimeBudget.MessageSettling,
                };
                return connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: token));
            },
            ct
        );

    private Task<int> EndAsync(Claim claim, string? error, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
            {
                const string Sql = """
                    UPDATE slack_messages SET error = @error, claimed_until = NULL, claim_token = NULL, attempts = greatest(attempts - 1, 0), updated_at = @now
                    WHERE run_id = @RunId AND kind = @Kind AND recipient = @Recipient AND claim_token = @Token
                    """;
                var parameters = new
                {
                    claim.RunId,
                    claim.Kind,
                    claim.Recipient,
                    claim.Token,
                    error,
                    now = time.Now(),
                };
                return connection.ExecuteAsync(new CommandDefinition(Sql, parameters, cancellationToken: token));
            },
            ct
        );

    private static ClaimState StateOf(Row row, bool mine, long version) =>
        row switch
        {
            { Error: not null } => ClaimState.Failed,
            { Ts: null } => mine ? ClaimState.Post : ClaimState.Busy,
            _ when mine => ClaimState.Update,
            _ => row.ShownVersion >= version ? ClaimState.UpToDate : ClaimState.Busy,
        };

    private sealed class Row
    {
        public string? ChannelId { get; set; }
        public string? Ts { get; set; }
        public long ShownVersion { get; set; }
        public string? Error { get; set; }
        public int Attempts { get; set; }
        public DateTimeOffset CreatedAt { get; set; }
    }
}
