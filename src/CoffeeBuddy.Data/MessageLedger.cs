using Dapper;

namespace CoffeeBuddy.Data;

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

/// <param name="ChannelId">Where it was posted.</param>
/// <param name="Ts">Slack's id of the message; null while it is not known to be posted.</param>
/// <param name="Attempts">This call included, the calls whose outcome is unknown: more than 1 means that an earlier answer was lost.</param>
public sealed record Claim(ClaimState State, string? ChannelId, string? Ts, int Attempts);

/// <summary>
/// What Slack shows of each run. A message is claimed before Slack is called and completed with Slack's answer, so that an
/// event delivered again updates a message instead of posting it twice.
/// </summary>
public sealed class MessageLedger(Database database, TimeProvider time)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    /// <summary>Asks what to do to have a message show a version. After Post or Update, complete, release or fail it.</summary>
    /// <param name="kind">One of <see cref="MessageKinds"/>.</param>
    /// <param name="recipient">A user id; empty for what goes to the run's channel.</param>
    /// <param name="retryRefused">Whether to try again what Slack has refused for good: somebody may have put it right since.</param>
    public Task<Claim> ClaimAsync(Guid runId, string kind, string recipient, long version, CancellationToken ct, bool retryRefused = false) =>
        database.RunAsync(async (connection, token) =>
        {
            const string Sql = """
                INSERT INTO slack_messages AS m (run_id, kind, recipient, claimed_until, attempts, created_at, updated_at)
                VALUES (@runId, @kind, @recipient, @until, 1, @now, @now)
                ON CONFLICT (run_id, kind, recipient) DO UPDATE
                SET claimed_until = excluded.claimed_until, attempts = m.attempts + 1, error = NULL, updated_at = excluded.updated_at
                WHERE (m.error IS NULL OR @retryRefused) AND (m.claimed_until IS NULL OR m.claimed_until <= @now) AND (m.ts IS NULL OR m.shown_version < @version)
                RETURNING true;

                SELECT channel_id, ts, shown_version, attempts, error FROM slack_messages
                WHERE run_id = @runId AND kind = @kind AND recipient = @recipient;
                """;
            var now = time.Now();
            var parameters = new { runId, kind, recipient, version, retryRefused, now, until = now + Lease };
            await using var results = await connection.QueryMultipleAsync(new CommandDefinition(Sql, parameters, cancellationToken: token));
            var mine = await results.ReadSingleOrDefaultAsync<bool>();
            var row = await results.ReadSingleAsync<Row>();
            return new Claim(StateOf(row, mine, version), row.ChannelId, row.Ts, row.Attempts);
        }, ct);

    /// <summary>Slack shows it.</summary>
    public Task CompleteAsync(Guid runId, string kind, string recipient, string channelId, string ts, long version, CancellationToken ct)
    {
        const string Sql = """
            UPDATE slack_messages
            SET channel_id = @channelId, ts = @ts, shown_version = greatest(shown_version, @version), claimed_until = NULL, attempts = 0, updated_at = @now
            WHERE run_id = @runId AND kind = @kind AND recipient = @recipient
            """;
        return ExecuteAsync(Sql, new { runId, kind, recipient, channelId, ts, version, now = time.Now() }, ct);
    }

    /// <summary>The call failed for sure and may succeed later: whoever comes next may claim at once.</summary>
    public Task ReleaseAsync(Guid runId, string kind, string recipient, CancellationToken ct)
    {
        const string Sql = """
            UPDATE slack_messages SET claimed_until = NULL, attempts = greatest(attempts - 1, 0), updated_at = @now
            WHERE run_id = @runId AND kind = @kind AND recipient = @recipient
            """;
        return ExecuteAsync(Sql, new { runId, kind, recipient, now = time.Now() }, ct);
    }

    /// <summary>Slack refused it for good: it is not tried again unless asked to.</summary>
    /// <param name="error">Slack's error code.</param>
    public Task FailAsync(Guid runId, string kind, string recipient, string error, CancellationToken ct)
    {
        const string Sql = """
            UPDATE slack_messages SET error = @error, claimed_until = NULL, updated_at = @now
            WHERE run_id = @runId AND kind = @kind AND recipient = @recipient
            """;
        return ExecuteAsync(Sql, new { runId, kind, recipient, error, now = time.Now() }, ct);
    }

    private static ClaimState StateOf(Row row, bool mine, long version) => row switch
    {
        { Error: not null } => ClaimState.Failed,
        { Ts: null } => mine ? ClaimState.Post : ClaimState.Busy,
        _ when mine => ClaimState.Update,
        _ => row.ShownVersion >= version ? ClaimState.UpToDate : ClaimState.Busy,
    };

    private Task<int> ExecuteAsync(string sql, object parameters, CancellationToken ct) => database.RunAsync(
        (connection, token) => connection.ExecuteAsync(new CommandDefinition(sql, parameters, cancellationToken: token)), ct);

    private sealed class Row
    {
        public string? ChannelId { get; set; }
        public string? Ts { get; set; }
        public long ShownVersion { get; set; }
        public int Attempts { get; set; }
        public string? Error { get; set; }
    }
}
