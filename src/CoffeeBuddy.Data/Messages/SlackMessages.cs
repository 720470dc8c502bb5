using CoffeeBuddy.Data.Connections;
using Dapper;

namespace CoffeeBuddy.Data.Messages;

/// <summary>
/// The messages that Slack shows for each run. A message is claimed before Slack is called and completed with Slack's
/// answer, so that an event that is delivered again updates a message instead of posting it twice. A worker that
/// outlives its claim changes nothing that a later claim has written.
/// </summary>
public sealed class SlackMessages(Database database, TimeProvider time)
{
    /// <summary>
    /// Claims a message that is to show a version. A claim in state Post or Update is ended by one of
    /// <see cref="CompleteAsync"/>, <see cref="ReleaseAsync"/>, <see cref="FailAsync"/> and <see cref="LeaveAsync"/>.
    /// </summary>
    /// <param name="kind">One of <see cref="MessageKinds"/>.</param>
    /// <param name="recipient">A user id; empty for a message in the run's channel.</param>
    /// <param name="retryRefused">Whether to try again a message that Slack has refused permanently: the cause may have
    /// been removed.</param>
    public Task<SlackMessageClaim> ClaimAsync(
        Guid runId,
        string kind,
        string recipient,
        long version,
        CancellationToken ct,
        bool retryRefused = false
    )
    {
        // The same token when the statement is repeated: after a lost answer it finds its own claim.
        var claimToken = Guid.NewGuid();
        return database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = """
                    INSERT INTO slack_messages AS m (run_id, kind, recipient, claimed_until, claim_token, attempts, created_at, updated_at)
                    VALUES (@runId, @kind, @recipient, @until, @claimToken, 1, @now, @now)
                    ON CONFLICT (run_id, kind, recipient) DO UPDATE
                    SET claimed_until = CASE WHEN m.attempts > 0 AND m.ts IS NULL THEN @untilSearched ELSE excluded.claimed_until END,
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
                    untilSearched = now + TimeBudget.MessageSearchClaim,
                    claimToken,
                };
                await using var results = await connection.QueryMultipleAsync(
                    new CommandDefinition(Sql, parameters, cancellationToken: token)
                );
                var mine = await results.ReadSingleOrDefaultAsync<bool>();
                var row = await results.ReadSingleAsync<Row>();
                return new SlackMessageClaim(
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

    /// <summary>Slack shows the message.</summary>
    /// <returns>
    /// False when the message was claimed again meanwhile. It is not known then which of the two calls Slack executed
    /// last: both claims end, and the message counts as showing version 0, so that it is updated again.
    /// </returns>
    public Task<bool> CompleteAsync(SlackMessageClaim claim, string channelId, string ts, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
            {
                // Without a token: this claim completed the message before, and the database's answer was lost.
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
    /// Slack did not execute the call, but may execute a later one: the message can be claimed at once. Whether an
    /// earlier claim has posted the message is as unknown as before.
    /// </summary>
    public Task ReleaseAsync(SlackMessageClaim claim, CancellationToken ct) => EndAsync(claim, error: null, ct);

    /// <summary>Slack refused the message permanently: it is not tried again without <c>retryRefused</c>.</summary>
    /// <param name="error">Slack's error code.</param>
    public Task FailAsync(SlackMessageClaim claim, string error, CancellationToken ct) => EndAsync(claim, error, ct);

    /// <summary>
    /// The outcome is unknown: Slack may have posted the message. The next claim is possible after 2 s, and
    /// <see cref="SlackMessageClaim.AttemptedSince"/> tells it to search for the message first.
    /// </summary>
    public Task LeaveAsync(SlackMessageClaim claim, CancellationToken ct) =>
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

    private Task<int> EndAsync(SlackMessageClaim claim, string? error, CancellationToken ct) =>
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

    private static SlackMessageClaimState StateOf(Row row, bool mine, long version) =>
        row switch
        {
            { Error: not null } => SlackMessageClaimState.Failed,
            { Ts: null } => mine ? SlackMessageClaimState.Post : SlackMessageClaimState.Busy,
            _ when mine => SlackMessageClaimState.Update,
            _ => row.ShownVersion >= version ? SlackMessageClaimState.UpToDate : SlackMessageClaimState.Busy,
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
