using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <param name="Assigned">True for the one call that assigned the runner.</param>
/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To be published now.</param>
/// <param name="Spread">See <see cref="Assignment.Spread"/>; 0 when nobody was assigned.</param>
public sealed record AssignResult(bool Assigned, CoffeeRun? Run, IReadOnlyList<OutboxEvent> Events, int Spread = 0);

public sealed partial class RunStore
{
    /// <summary>Assigns the runner if that is due. Of concurrent calls exactly one assigns.</summary>
    public Task<AssignResult> AssignIfDueAsync(Guid runId, string? traceParent, CancellationToken ct) =>
        database.TransactAsync(runId, (connection, _, token) => AssignAsync(connection, runId, traceParent, token), ct);

    /// <summary>
    /// Slack refuses direct messages to the runner for good: notes that, and assigns the next fairest. The runner stays
    /// when nobody else can be reached.
    /// </summary>
    /// <param name="runnerUserId">Nothing happens when the run has another runner by now.</param>
    /// <param name="error">Slack's error code.</param>
    public Task<AssignResult> ReplaceRunnerAsync(
        Guid runId,
        string runnerUserId,
        string error,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                const string Sql = "UPDATE users SET unreachable = left(@error, 100) WHERE user_id = @runnerUserId";
                await connection.ExecuteAsync(Command(Sql, new { runnerUserId, error }, token));
                return await AssignAsync(connection, runId, traceParent, token, replaced: runnerUserId);
            },
            ct
        );

    /// <param name="replaced">The runner to be replaced; null: the run has none.</param>
    private async Task<AssignResult> AssignAsync(
        NpgsqlConnection connection,
        Guid runId,
        string? traceParent,
        CancellationToken ct,
        string? replaced = null
    )
    {
        var now = time.Now();
        var (run, participants, lastRunner) = await LockForAssignmentAsync(connection, runId, now, ct);
        if (run is null)
            return new(Assigned: false, null, []);
        if (run.RunnerUserId != replaced)
            return new(Assigned: false, run, []);
        var decision = replaced is null
            ? AssignmentRules.Decide(run, participants, lastRunner, _options, now)
            : AssignmentRules.DecideAgain(run, participants, lastRunner, _options);
        if (decision is not { } assignment)
            return new(Assigned: false, run, []);

        const string Sql = $"""
            UPDATE coffee_runs r
            SET runner_user_id = @RunnerUserId, assigned_at = @now, assignment_reason = @Reason, version = r.version + 1, changed_at = @now,
                reminder_queued_at = NULL, reminder_sent_at = NULL
            WHERE r.run_id = @runId AND r.runner_user_id IS NOT DISTINCT FROM @replaced AND r.status = 'active'
            RETURNING {RunRow.Columns};

            {ChangeWriter.Sql}
            """;
        var writer = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.RunnerAssigned,
                runId,
                assignment.RunnerUserId,
                AuditPayload.Of(run) with
                {
                    RunnerUserId = assignment.RunnerUserId,
                    Reason = assignment.Reason,
                    Candidates = assignment.Candidates,
                }
            )
            .Event(EventTypes.RunnerAssigned, EventData.Of(run) with { RunnerUserId = assignment.RunnerUserId });
        await using var results = await connection.QueryMultipleAsync(
            Command(
                Sql,
                writer.With(
                    new
                    {
                        assignment.RunnerUserId,
                        assignment.Reason,
                        runId,
                        replaced,
                        now,
                    }
                ),
                ct
            )
        );
        var assigned = await results.ReadSingleAsync<RunRow>();
        return new(Assigned: true, assigned.ToRun(), await writer.WrittenAsync(results), assignment.Spread);
    }

    private async Task<(
        CoffeeRun? Run,
        IReadOnlyList<Participant> Participants,
        string? LastRunner
    )> LockForAssignmentAsync(NpgsqlConnection connection, Guid runId, DateTimeOffset now, CancellationToken ct)
    {
        // Read committed: the second statement sees everything committed before the lock was taken.
        const string Sql = $"""
            {LockRun}

            SELECT u.user_id, u.away, u.unreachable IS NOT NULL AS unreachable, u.created_at AS first_seen_at,
                (SELECT count(*) FROM coffee_runs made
                 WHERE made.runner_user_id = u.user_id AND made.created_at >= @since AND made.status <> 'cancelled') AS runs_made,
                (SELECT count(*) FROM (
                    SELECT part.run_id FROM orders ordered JOIN coffee_runs part ON part.run_id = ordered.run_id
                    WHERE ordered.user_id = u.user_id AND part.created_at >= @since AND part.status <> 'cancelled' AND part.run_id <> @runId
                    UNION
                    SELECT went.run_id FROM coffee_runs went
                    WHERE went.runner_user_id = u.user_id AND went.created_at >= @since AND went.status <> 'cancelled'
                 ) taken_part) AS runs_taken_part,
                (SELECT max(last_run.assigned_at) FROM coffee_runs last_run
                 WHERE last_run.runner_user_id = u.user_id AND last_run.status <> 'cancelled') AS last_run_at
            FROM orders o JOIN users u ON u.user_id = o.user_id
            WHERE o.run_id = @runId;

            SELECT before.runner_user_id
            FROM coffee_runs this JOIN coffee_runs before ON before.channel_id = this.channel_id
            WHERE this.run_id = @runId AND before.run_id <> @runId AND before.runner_user_id IS NOT NULL AND before.status <> 'cancelled'
            ORDER BY before.created_at DESC
            LIMIT 1;
            """;
        var since = now.AddDays(-_options.FairnessWindowDays);
        await using var results = await connection.QueryMultipleAsync(Command(Sql, new { runId, since }, ct));
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var participants = await results.ReadAsync<ParticipantRow>();
        var lastRunner = await results.ReadSingleOrDefaultAsync<string>();
        return (run?.ToRun(), [.. participants.Select(row => row.ToParticipant())], lastRunner);
    }

    private sealed class ParticipantRow
    {
        public string UserId { get; set; } = "";
        public bool Away { get; set; }
        public bool Unreachable { get; set; }
        public DateTimeOffset FirstSeenAt { get; set; }
        public int RunsMade { get; set; }
        public int RunsTakenPart { get; set; }
        public DateTimeOffset? LastRunAt { get; set; }

        public Participant ToParticipant() =>
            new(new(UserId, RunsMade, RunsTakenPart, LastRunAt, FirstSeenAt), Away, Unreachable);
    }
}
