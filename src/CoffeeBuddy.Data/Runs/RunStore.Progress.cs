using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public enum ProgressOutcome
{
    /// <summary>The runner has left: orders are closed.</summary>
    Left,

    /// <summary>The runner is back.</summary>
    Back,

    /// <summary>The person has taken their drinks.</summary>
    Collected,

    /// <summary>The next reminder is postponed.</summary>
    Snoozed,

    /// <summary>A double click, or somebody else's click before: nothing is changed.</summary>
    AlreadyDone,

    /// <summary>Nobody has ordered, so there is nothing to fetch.</summary>
    NoOrders,

    /// <summary>Nobody goes yet.</summary>
    NoRunner,

    /// <summary>The runner is not back yet.</summary>
    NotBack,

    /// <summary>The runner has got all reminders.</summary>
    NoMoreReminders,
    NotAllowed,
    RunClosed,
    RunNotFound,
}

/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To be published now.</param>
public sealed record ProgressResult(ProgressOutcome Outcome, CoffeeRun? Run, IReadOnlyList<OutboxEvent> Events);

/// <content>The runner's way: leaves, is back, and everybody collects.</content>
public sealed partial class RunStore
{
    /// <summary>
    /// The runner leaves: orders are closed, and requests to take over lapse. A second call changes nothing.
    /// </summary>
    public Task<ProgressResult> LeaveAsync(
        Guid runId,
        string userId,
        bool isAdmin,
        string? traceParent,
        CancellationToken ct
    ) =>
        ReportAsync(
            runId,
            userId,
            isAdmin,
            run => run.LeftAt is not null,
            "left_at = greatest(@now, r.assigned_at + INTERVAL '1 microsecond'), back_at = NULL",
            (ProgressOutcome.Left, AuditTypes.RunnerLeft),
            traceParent,
            ct
        );

    /// <summary>
    /// The runner is back: everybody can collect. Closes the orders too, where the runner did not say when they left.
    /// </summary>
    public Task<ProgressResult> ComeBackAsync(
        Guid runId,
        string userId,
        bool isAdmin,
        string? traceParent,
        CancellationToken ct
    ) =>
        ReportAsync(
            runId,
            userId,
            isAdmin,
            run => run.BackAt is not null,
            """
            left_at = CASE WHEN r.left_at >= r.assigned_at THEN r.left_at ELSE greatest(@now, r.assigned_at + INTERVAL '1 microsecond') END,
            back_at = greatest(@now, r.assigned_at, r.left_at) + INTERVAL '2 microseconds'
            """,
            (ProgressOutcome.Back, AuditTypes.RunnerBack),
            traceParent,
            ct
        );

    /// <summary>The person has taken their drinks, those for their guests too. A second call changes nothing.</summary>
    public Task<ProgressResult> CollectAsync(Guid runId, string userId, string? traceParent, CancellationToken ct) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, people) = await LockForProgressAsync(connection, "", runId, userId, now, token);
                var relation =
                    people.ContainsKey(userId) && userId != run?.RunnerUserId ? Relations.Orderer : Relations.None;
                ProgressOutcome? refusal = run switch
                {
                    null => ProgressOutcome.RunNotFound,
                    _ when !AccessRules.Allows(Operation.CollectOrder, relation) => ProgressOutcome.NotAllowed,
                    { Status: not RunStatus.Active } => ProgressOutcome.RunClosed,
                    { BackAt: null } => ProgressOutcome.NotBack,
                    _ when people[userId] => ProgressOutcome.AlreadyDone,
                    _ => null,
                };
                if (run is null || refusal is not null)
                    return new ProgressResult(refusal!.Value, run, []);

                const string Sql = $"""
                    UPDATE orders SET collected_at = @now WHERE run_id = @runId AND user_id = @userId AND collected_at IS NULL;
                    UPDATE guest_orders SET collected_at = @now WHERE run_id = @runId AND user_id = @userId AND collected_at IS NULL;
                    UPDATE coffee_runs r SET changed_at = @now WHERE r.run_id = @runId RETURNING {RunRow.Columns};
                    {ChangeWriter.Sql}
                    """;
                var writer = new ChangeWriter(now, traceParent)
                    .Audit(AuditTypes.OrderCollected, runId, userId, AuditPayload.Of(run))
                    .Event(EventTypes.RunnerAssigned, EventData.Of(run, userId));
                return await WriteProgressAsync(
                    connection,
                    Sql,
                    new
                    {
                        runId,
                        userId,
                        now,
                    },
                    writer,
                    ProgressOutcome.Collected,
                    token
                );
            },
            ct
        );

    /// <param name="isDone">Whether it was reported before.</param>
    /// <param name="set">What it changes of the run r.</param>
    private Task<ProgressResult> ReportAsync(
        Guid runId,
        string userId,
        bool isAdmin,
        Func<CoffeeRun, bool> isDone,
        string set,
        (ProgressOutcome Outcome, string Audit) what,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                // An admin may not be known yet.
                var (run, people) = await LockForProgressAsync(
                    connection,
                    $"{Unseen} {SeeUser}",
                    runId,
                    userId,
                    now,
                    token
                );
                ProgressOutcome? refusal = run switch
                {
                    null => ProgressOutcome.RunNotFound,
                    _ when !AccessRules.Allows(Operation.ReportProgress, RunRules.RelationsOf(run, userId, isAdmin)) =>
                        ProgressOutcome.NotAllowed,
                    { Status: not RunStatus.Active } => ProgressOutcome.RunClosed,
                    { RunnerUserId: null } => ProgressOutcome.NoRunner,
                    _ when isDone(run) => ProgressOutcome.AlreadyDone,
                    _ when people.Count == 0 => ProgressOutcome.NoOrders,
                    _ => null,
                };
                if (run is null || refusal is not null)
                    return await UnseenAsync(connection, new ProgressResult(refusal!.Value, run, []), token);

                var sql = $"""
                    UPDATE coffee_runs r SET {set}, version = r.version + 1, changed_at = @now WHERE r.run_id = @runId
                    RETURNING {RunRow.Columns};

                    UPDATE take_over_requests q SET answer = 'lapsed', answered_at = @now,
                        version = (SELECT r.version FROM coffee_runs r WHERE r.run_id = @runId)
                    WHERE q.run_id = @runId AND q.answer IS NULL;

                    {ChangeWriter.Sql}
                    """;
                var onlyAsAdmin = !AccessRules.Allows(
                    Operation.ReportProgress,
                    RunRules.RelationsOf(run, userId, isAdmin: false)
                );
                var writer = new ChangeWriter(now, traceParent)
                    .Audit(
                        what.Audit,
                        runId,
                        userId,
                        AuditPayload.Of(run) with
                        {
                            RunnerUserId = run.RunnerUserId,
                            AsAdmin = onlyAsAdmin ? true : null,
                        }
                    )
                    .Event(EventTypes.RunnerAssigned, EventData.Of(run));
                return await WriteProgressAsync(connection, sql, new { runId, now }, writer, what.Outcome, token);
            },
            ct
        );

    /// <param name="first">SQL before the lock.</param>
    /// <returns>The run, and whether each person who ordered has collected.</returns>
    private static async Task<(CoffeeRun? Run, IReadOnlyDictionary<string, bool> People)> LockForProgressAsync(
        NpgsqlConnection connection,
        string first,
        Guid runId,
        string userId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var sql = $"""
            {first} {LockRun}
            SELECT o.user_id, bool_or(o.collected_at IS NOT NULL) FROM all_orders o WHERE o.run_id = @runId GROUP BY o.user_id;
            """;
        var parameters = new
        {
            runId,
            userId,
            displayName = (string?)null,
            now,
        };
        await using var results = await connection.QueryMultipleAsync(Command(sql, parameters, ct));
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var people = await results.ReadAsync<(string UserId, bool HasCollected)>();
        return (run?.ToRun(), people.ToDictionary(person => person.UserId, person => person.HasCollected));
    }

    private static async Task<ProgressResult> WriteProgressAsync(
        NpgsqlConnection connection,
        string sql,
        object parameters,
        ChangeWriter writer,
        ProgressOutcome outcome,
        CancellationToken ct
    )
    {
        await using var results = await connection.QueryMultipleAsync(Command(sql, writer.With(parameters), ct));
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(outcome, changed.ToRun(), await writer.WrittenAsync(results));
    }
}
