using System.Text.Json;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Users;
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
        // A runner who has left keeps the run: the drinks are on their way.
        if (run.RunnerUserId != replaced || run.LeftAt is not null)
            return new(Assigned: false, run, []);
        var decision = replaced is null
            ? AssignmentRules.Decide(run, participants, lastRunner, _options, now)
            : AssignmentRules.DecideAgain(run, participants, lastRunner, _options, RunnerBefore.Unreachable);
        var writer = new ChangeWriter(now, traceParent);
        if (decision is { } assignment)
            return await SetRunnerAsync(connection, run, NewRunner.Chosen(assignment), writer, now, ct);
        // Everybody has declined, and one of them has ordered again since: the initiator decides, as before.
        return
            replaced is null
            && run.UndecidedSince is null
            && AssignmentRules.IsDue(run, participants.Count, _options, now)
            ? await LeaveUndecidedAsync(connection, run, writer, now, ct)
            : new(Assigned: false, run, []);
    }

    /// <summary>Stores the runner and why, ends all requests to take over, and publishes the assignment.</summary>
    /// <param name="run">Locked.</param>
    /// <param name="writer">With what led to it.</param>
    private static async Task<AssignResult> SetRunnerAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        NewRunner runner,
        ChangeWriter writer,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        // Messages about the assignment have its time as their version, and workers' clocks may differ.
        const string Sql = $"""
            UPDATE coffee_runs r
            SET runner_user_id = @UserId, assigned_at = greatest(@now, r.assigned_at + INTERVAL '1 microsecond', r.undecided_since + INTERVAL '1 microsecond', r.left_at + INTERVAL '1 microsecond'),
                assignment_reason = @reason, assignment_reason_parts = @parts::jsonb, version = r.version + 1,
                runner_version = r.version + 1, undecided_since = NULL, changed_at = @now,
                reminder_queued_at = NULL, reminder_sent_at = NULL, reminders_sent = 0, snoozed_until = NULL, reminder_not_before = NULL, left_at = NULL, back_at = NULL
            WHERE r.run_id = @RunId
            RETURNING {RunRow.Columns};

            INSERT INTO runner_assignments (run_id, version, runner_user_id, assigned_at, how, reason, reckoning)
            SELECT r.run_id, r.version, @UserId, r.assigned_at, @how, @reason, @reckoning::jsonb FROM coffee_runs r WHERE r.run_id = @RunId;

            UPDATE take_over_requests q
            SET answer = CASE WHEN q.user_id = @UserId AND @how = 'took_over' THEN 'accepted' ELSE 'lapsed' END, answered_at = @now,
                version = (SELECT r.version FROM coffee_runs r WHERE r.run_id = @RunId)
            WHERE q.run_id = @RunId AND q.answer IS NULL;

            {ChangeWriter.Sql}
            """;
        var reason = runner.ReasonParts.InEnglish();
        writer
            .Audit(
                AuditTypes.RunnerAssigned,
                run.RunId,
                runner.UserId,
                AuditPayload.Of(run) with
                {
                    RunnerUserId = runner.UserId,
                    Reason = reason,
                    Candidates = runner.Assignment?.Candidates,
                }
            )
            .Event(EventTypes.RunnerAssigned, EventData.Of(run) with { RunnerUserId = runner.UserId });
        var parameters = new
        {
            runner.UserId,
            reason,
            parts = JsonSerializer.Serialize(runner.ReasonParts, DataJson.Default.ReasonParts),
            how = AssignmentRow.NameOf(runner.How),
            reckoning = runner.Assignment is { } chosen
                ? JsonSerializer.Serialize(chosen.Reckoning, DataJson.Default.Reckoning)
                : null,
            run.RunId,
            now,
        };
        await using var results = await connection.QueryMultipleAsync(Command(Sql, writer.With(parameters), ct));
        var assigned = await results.ReadSingleAsync<RunRow>();
        return new(
            Assigned: true,
            assigned.ToRun(),
            await writer.WrittenAsync(results),
            runner.Assignment?.Spread ?? 0
        );
    }

    /// <param name="Assignment">Null: nobody chose, the person said that they go.</param>
    private sealed record NewRunner(
        string UserId,
        AssignedHow How,
        ReasonParts ReasonParts,
        Assignment? Assignment = null
    )
    {
        public static NewRunner Chosen(Assignment assignment) =>
            new(assignment.RunnerUserId, AssignedHow.Chosen, assignment.ReasonParts, assignment);
    }

    // Orders, with their runs, of the fairness window. An order is not older than its run: without the first condition
    // all orders that a person ever made would be read. The day is for clocks that differ.
    private const string OrderedInWindow =
        "ordered.created_at >= @since - INTERVAL '1 day' AND part.created_at >= @since";

    // The numbers of fairness of the users u, without this run: a runner who is to be replaced has not made it. Only the
    // 20 newest runs of a person are searched for the one they were assigned last: a run has its runner soon after it
    // was opened, so an older one cannot have been assigned after all of these.
    private const string Numbers = $"""
        u.created_at AS first_seen_at,
        (SELECT count(*) FROM coffee_runs made
         WHERE made.runner_user_id = u.user_id AND made.created_at >= @since AND made.status <> 'cancelled' AND made.run_id <> @runId) AS runs_made,
        (SELECT count(*) FROM (
            SELECT part.run_id FROM all_orders ordered JOIN coffee_runs part ON part.run_id = ordered.run_id
            WHERE ordered.user_id = u.user_id AND {OrderedInWindow} AND part.status <> 'cancelled' AND part.run_id <> @runId
            UNION
            SELECT went.run_id FROM coffee_runs went
            WHERE went.runner_user_id = u.user_id AND went.created_at >= @since AND went.status <> 'cancelled' AND went.run_id <> @runId
         ) taken_part) AS runs_taken_part,
        (SELECT max(last_runs.assigned_at) FROM (
            SELECT went.assigned_at FROM coffee_runs went
            WHERE went.runner_user_id = u.user_id AND went.status <> 'cancelled' AND went.run_id <> @runId
            ORDER BY went.created_at DESC
            LIMIT 20
         ) last_runs) AS last_run_at
        """;

    // Everybody who ordered, and the runner of the channel's previous run.
    private const string SelectParticipants = $"""
        SELECT u.user_id, ({UserStore.IsAway} OR (u.away_in_dnd AND coalesce(u.dnd_until > @now, FALSE))) AS away, u.unreachable IS NOT NULL AS unreachable,
            EXISTS (SELECT FROM runner_declines d WHERE d.run_id = @runId AND d.user_id = u.user_id) AS declined,
            u.opted_out, {Numbers}
        FROM users u
        WHERE u.user_id IN (SELECT o.user_id FROM all_orders o WHERE o.run_id = @runId);

        SELECT before.runner_user_id
        FROM coffee_runs this JOIN coffee_runs before ON before.channel_id = this.channel_id
        WHERE this.run_id = @runId AND before.run_id <> @runId AND before.runner_user_id IS NOT NULL AND before.status <> 'cancelled'
        ORDER BY before.created_at DESC
        LIMIT 1;
        """;

    private async Task<(
        CoffeeRun? Run,
        IReadOnlyList<Participant> Participants,
        string? LastRunner
    )> LockForAssignmentAsync(NpgsqlConnection connection, Guid runId, DateTimeOffset now, CancellationToken ct)
    {
        // Read committed: the second statement sees everything committed before the lock was taken.
        const string Sql = $"""
            {LockRun}
            {SelectParticipants}
            """;
        var since = now.AddDays(-_options.FairnessWindowDays);
        await using var results = await connection.QueryMultipleAsync(
            Command(
                Sql,
                new
                {
                    runId,
                    since,
                    now,
                },
                ct
            )
        );
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
        public bool Declined { get; set; }
        public bool OptedOut { get; set; }
        public DateTimeOffset FirstSeenAt { get; set; }
        public int RunsMade { get; set; }
        public int RunsTakenPart { get; set; }
        public DateTimeOffset? LastRunAt { get; set; }

        public Participant ToParticipant() =>
            new(new(UserId, RunsMade, RunsTakenPart, LastRunAt, FirstSeenAt), Away, Unreachable, Declined, OptedOut);
    }
}
