using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public enum DeadlineOutcome
{
    Extended,

    /// <summary>The time for orders is over: the runner was chosen, or nobody who ordered can go.</summary>
    Ended,

    /// <summary>The window would be longer than <see cref="RunRules.LongestWindow"/>.</summary>
    TooLong,

    /// <summary>Nobody has ordered, so nobody can be chosen.</summary>
    NoOrders,

    /// <summary>Somebody goes already.</summary>
    HasRunner,
    NotAllowed,
    RunClosed,
    RunNotFound,
}

/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To be published now.</param>
public sealed record DeadlineResult(
    DeadlineOutcome Outcome,
    CoffeeRun? Run,
    IReadOnlyList<OutboxEvent> Events,
    AssignResult? Assigned = null
);

public sealed partial class RunStore
{
    /// <summary>
    /// Gives people <see cref="RunRules.Extension"/> more to order. From then on only the deadline counts, not the
    /// number of orders.
    /// </summary>
    public Task<DeadlineResult> ExtendAsync(
        Guid runId,
        string userId,
        bool isAdmin,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var run = await SeeAndLockAsync(connection, runId, userId, now, token);
                // Before the first order the window is extended, after it the deadline.
                var window =
                    (run?.DeadlineAt - run?.FirstOrderAt ?? run?.OrderWindow ?? _options.OrderWindow)
                    + RunRules.Extension;
                if (RefusalOf(run, userId, isAdmin) is { } refusal)
                    return await UnseenAsync(connection, new DeadlineResult(refusal, run, []), token);
                if (window > RunRules.LongestWindow)
                    return await UnseenAsync(connection, new DeadlineResult(DeadlineOutcome.TooLong, run, []), token);
                return await SetWindowAsync(connection, run!, window, userId, traceParent, now, token);
            },
            ct
        );

    /// <summary>Chooses the runner now. Orders are taken as before until the run is over.</summary>
    public Task<DeadlineResult> ChooseNowAsync(
        Guid runId,
        string userId,
        bool isAdmin,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                await SeeAndLockAsync(connection, runId, userId, now, token);
                var (run, participants, lastRunner) = await LockForAssignmentAsync(connection, runId, now, token);
                if (RefusalOf(run, userId, isAdmin) is { } refusal)
                    return await UnseenAsync(connection, new DeadlineResult(refusal, run, []), token);
                if (participants.Count == 0)
                    return await UnseenAsync(connection, new DeadlineResult(DeadlineOutcome.NoOrders, run, []), token);
                var due = run! with { DeadlineAt = now };
                var writer = new ChangeWriter(now, traceParent).Audit(
                    AuditTypes.DeadlineChanged,
                    runId,
                    userId,
                    AuditPayload.Of(due) with
                    {
                        DeadlineAt = now,
                    }
                );
                const string Sql = "UPDATE coffee_runs SET deadline_at = @now WHERE run_id = @runId";
                await connection.ExecuteAsync(Command(Sql, new { runId, now }, token));
                var changed = AssignmentRules.Decide(due, participants, lastRunner, _options, now) is { } assignment
                    ? await SetRunnerAsync(connection, due, NewRunner.Chosen(assignment), writer, now, token)
                    : await LeaveUndecidedAsync(connection, due, writer, now, token);
                return new(DeadlineOutcome.Ended, changed.Run, changed.Events, changed);
            },
            ct
        );

    private static DeadlineOutcome? RefusalOf(CoffeeRun? run, string userId, bool isAdmin) =>
        run switch
        {
            null => DeadlineOutcome.RunNotFound,
            _ when !AccessRules.Allows(Operation.ChangeDeadline, RunRules.RelationsOf(run, userId, isAdmin)) =>
                DeadlineOutcome.NotAllowed,
            { Status: not RunStatus.Active } => DeadlineOutcome.RunClosed,
            { RunnerUserId: not null } => DeadlineOutcome.HasRunner,
            _ => null,
        };

    /// <summary>Stores the person, because an admin may not be known yet, and locks the run.</summary>
    private static async Task<CoffeeRun?> SeeAndLockAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = $"{Unseen} {SeeUser} {LockRun}";
        var parameters = new
        {
            runId,
            userId,
            displayName = (string?)null,
            now,
        };
        var row = await connection.QuerySingleOrDefaultAsync<RunRow>(Command(Sql, parameters, ct));
        return row?.ToRun();
    }

    private static async Task<CoffeeRun?> LockRunAsync(NpgsqlConnection connection, Guid runId, CancellationToken ct)
    {
        var row = await connection.QuerySingleOrDefaultAsync<RunRow>(Command(LockRun, new { runId }, ct));
        return row?.ToRun();
    }

    private static async Task<DeadlineResult> SetWindowAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        TimeSpan window,
        string userId,
        string? traceParent,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            UPDATE coffee_runs r
            SET order_window = @window::interval, deadline_at = r.first_order_at + @window::interval, version = r.version + 1, changed_at = @now
            WHERE r.run_id = @RunId
            RETURNING {RunRow.Columns};

            {ChangeWriter.Sql}
            """;
        var writer = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.DeadlineChanged,
                run.RunId,
                userId,
                AuditPayload.Of(run) with
                {
                    DeadlineAt = run.FirstOrderAt + window,
                }
            )
            .Event(EventTypes.OrderPlaced, EventData.Of(run));
        var parameters = writer.With(
            new
            {
                run.RunId,
                window,
                now,
            }
        );
        await using var results = await connection.QueryMultipleAsync(Command(Sql, parameters, ct));
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(DeadlineOutcome.Extended, changed.ToRun(), await writer.WrittenAsync(results));
    }
}
