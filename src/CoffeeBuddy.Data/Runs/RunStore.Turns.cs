using System.Text.Json;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public enum TurnOutcome
{
    /// <summary>The person is the runner now.</summary>
    Goes,

    /// <summary>The runner cannot go, and somebody else was chosen.</summary>
    Replaced,

    /// <summary>The runner cannot go, and nobody who ordered is left.</summary>
    Undecided,

    /// <summary>The person was asked to go.</summary>
    Asked,

    /// <summary>The person who was asked said no.</summary>
    Refused,

    /// <summary>The person goes already.</summary>
    IsRunner,

    /// <summary>Somebody else goes already, or the request has lapsed.</summary>
    HasRunner,

    /// <summary>The person is not the runner.</summary>
    NotRunner,

    /// <summary>The person has said already that they cannot go.</summary>
    AlreadyDeclined,

    /// <summary>The person was not asked.</summary>
    NotAsked,

    /// <summary>The runner is back with the drinks: nobody else can go any more.</summary>
    IsBack,

    /// <summary>Nothing was to be done.</summary>
    Unchanged,
    RunClosed,
    RunNotFound,
}

/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To be published now.</param>
public sealed record TurnResult(
    TurnOutcome Outcome,
    CoffeeRun? Run,
    IReadOnlyList<OutboxEvent> Events,
    AssignResult? Assigned = null
);

/// <content>Whose turn it is: volunteers, runners who cannot go, and requests to take over.</content>
public sealed partial class RunStore
{
    private const string ReadRequest =
        $"SELECT {RequestRow.Columns} FROM take_over_requests q WHERE q.run_id = @runId AND q.user_id = @userId;";

    // The answers to a request and the request itself change the run, so that its messages are brought up to date.
    private const string RaiseVersion = $"""
        UPDATE coffee_runs r SET version = r.version + 1, changed_at = @now WHERE r.run_id = @runId
        RETURNING {RunRow.Columns};
        """;

    /// <summary>The person goes for a run that has no runner; also one who has declined before.</summary>
    public Task<TurnResult> VolunteerAsync(
        Guid runId,
        string userId,
        string? displayName,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, _) = await LockForTurnAsync(connection, runId, userId, displayName, now, token);
                TurnOutcome? refusal = run switch
                {
                    null => TurnOutcome.RunNotFound,
                    { Status: not RunStatus.Active } => TurnOutcome.RunClosed,
                    { RunnerUserId: { } runner } when runner == userId => TurnOutcome.IsRunner,
                    { RunnerUserId: not null } => TurnOutcome.HasRunner,
                    _ => null,
                };
                if (run is null || refusal is not null)
                    return await UnseenAsync(connection, new TurnResult(refusal!.Value, run, []), token);
                return await GoesAsync(
                    connection,
                    run,
                    new NewRunner(userId, AssignedHow.Volunteered, new(ReasonKind.Volunteered)),
                    new ChangeWriter(now, traceParent),
                    now,
                    token
                );
            },
            ct
        );

    /// <summary>
    /// The runner cannot go: the next fairest is chosen. When nobody who ordered is left, the run has no runner, and
    /// the initiator decides.
    /// </summary>
    /// <param name="reason">The runner's own words; null: none.</param>
    public Task<TurnResult> StepBackAsync(
        Guid runId,
        string userId,
        string? reason,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, participants, lastRunner) = await LockForAssignmentAsync(connection, runId, now, token);
                if (run is null)
                    return new TurnResult(TurnOutcome.RunNotFound, null, []);
                if (run.Status != RunStatus.Active)
                    return new(TurnOutcome.RunClosed, run, []);
                if (run.RunnerUserId != userId)
                    return new(
                        await HasDeclinedAsync(connection, runId, userId, token)
                            ? TurnOutcome.AlreadyDeclined
                            : TurnOutcome.NotRunner,
                        run,
                        []
                    );
                if (run.BackAt is not null)
                    return new(TurnOutcome.IsBack, run, []);

                const string Sql = """
                    INSERT INTO runner_declines (run_id, user_id, reason, declined_at)
                    VALUES (@runId, @userId, nullif(left(@reason, 200), ''), @now)
                    ON CONFLICT (run_id, user_id) DO UPDATE SET reason = excluded.reason, declined_at = excluded.declined_at;
                    """;
                var decline = new
                {
                    runId,
                    userId,
                    reason,
                    now,
                };
                await connection.ExecuteAsync(Command(Sql, decline, token));
                var writer = new ChangeWriter(now, traceParent).Audit(
                    AuditTypes.RunnerDeclined,
                    runId,
                    userId,
                    AuditPayload.Of(run) with
                    {
                        RunnerUserId = userId,
                    }
                );
                var decision = AssignmentRules.DecideAgain(
                    run,
                    [
                        .. participants.Select(participant =>
                            participant.Candidate.UserId == userId ? participant with { Declined = true } : participant
                        ),
                    ],
                    lastRunner,
                    _options,
                    RunnerBefore.Declined
                );
                var changed = decision is null
                    ? await LeaveUndecidedAsync(connection, run, writer, now, token)
                    : await SetRunnerAsync(connection, run, NewRunner.Chosen(decision), writer, now, token);
                return new(
                    changed.Assigned ? TurnOutcome.Replaced : TurnOutcome.Undecided,
                    changed.Run,
                    changed.Events,
                    changed
                );
            },
            ct
        );

    /// <summary>
    /// The runner asks somebody to go instead; the initiator, while nobody goes. A request of theirs that is open lapses.
    /// </summary>
    /// <param name="askedUserId">A member of the run's channel; the caller has checked it.</param>
    public Task<TurnResult> AskToGoAsync(
        Guid runId,
        string userId,
        string askedUserId,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, request) = await LockForTurnAsync(connection, runId, askedUserId, null, now, token);
                TurnOutcome? refusal = run switch
                {
                    null => TurnOutcome.RunNotFound,
                    { Status: not RunStatus.Active } => TurnOutcome.RunClosed,
                    _ when !RunRules.MayAskToGo(run, userId) => TurnOutcome.NotRunner,
                    { BackAt: not null } => TurnOutcome.IsBack,
                    _ when askedUserId == userId => TurnOutcome.IsRunner,
                    _ when request is { Answer: TakeOverAnswer.Declined } => TurnOutcome.AlreadyDeclined,
                    _ when await HasDeclinedAsync(connection, runId, askedUserId, token) => TurnOutcome.AlreadyDeclined,
                    _ when request is { Answer: null } => TurnOutcome.Unchanged,
                    _ => null,
                };
                if (run is null || refusal is not null)
                    return await UnseenAsync(connection, new TurnResult(refusal!.Value, run, []), token);
                return await AskAsync(connection, run, askedUserId, userId, comparison: null, now, traceParent, token);
            },
            ct
        );

    /// <summary>
    /// Asks the fairest of those who ordered after the assignment, if they would have been the fairer choice than the
    /// runner, by the numbers of the assignment. Nobody is asked twice, and one person at a time.
    /// </summary>
    public Task<TurnResult> AskFairerAsync(Guid runId, string? traceParent, CancellationToken ct) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, participants, lastRunner) = await LockForAssignmentAsync(connection, runId, now, token);
                if (run is not { Status: RunStatus.Active, LeftAt: null, RunnerUserId: { } runner })
                    return new TurnResult(TurnOutcome.Unchanged, run, []);
                var requests = (
                    await connection.QueryAsync<RequestRow>(
                        Command(
                            $"SELECT {RequestRow.Columns} FROM take_over_requests q WHERE q.run_id = @runId",
                            new { runId },
                            token
                        )
                    )
                ).AsList();
                var assignment = await LastAssignmentAsync(connection, runId, token);
                if (
                    assignment is not { Reckoning: { } reckoning }
                    || assignment.Version != run.RunnerVersion
                    || reckoning.People.FirstOrDefault(person => person.UserId == runner) is not { } chosen
                    || requests.Any(request => request is { AskedByUserId: null, Answer: null })
                )
                    return new(TurnOutcome.Unchanged, run, []);

                var fairer = participants
                    .Where(late =>
                        AssignmentRules.IsPresent(late, _options)
                        && reckoning.People.All(person => person.UserId != late.Candidate.UserId)
                        && requests.All(request => request.UserId != late.Candidate.UserId)
                        && FairRunner.IsFairer(reckoning.Strategy, late.Candidate, chosen.ToCandidate())
                    )
                    .Select(late => late.Candidate)
                    .ToList();
                if (fairer.Count == 0)
                    return new(TurnOutcome.Unchanged, run, []);
                var asked = FairRunner
                    .Choose(reckoning.Strategy, fairer, lastRunner, runId, reckoning.WindowDays)
                    .UserId;
                var comparison = new Comparison(
                    reckoning.Strategy,
                    reckoning.WindowDays,
                    ReckonedPerson.Of(fairer.First(candidate => candidate.UserId == asked)),
                    chosen
                );
                return await AskAsync(connection, run, asked, askedByUserId: null, comparison, now, traceParent, token);
            },
            ct
        );

    /// <summary>The person who was asked to go says yes or no.</summary>
    public Task<TurnResult> AnswerRequestAsync(
        Guid runId,
        string userId,
        bool accepts,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            runId,
            async (connection, _, token) =>
            {
                var now = time.Now();
                var (run, request) = await LockForTurnAsync(connection, runId, userId, null, now, token);
                TurnOutcome? refusal = run switch
                {
                    null => TurnOutcome.RunNotFound,
                    _ when request is null => TurnOutcome.NotAsked,
                    { Status: not RunStatus.Active } => TurnOutcome.RunClosed,
                    { RunnerUserId: { } runner } when runner == userId => TurnOutcome.IsRunner,
                    _ when request.Answer == TakeOverAnswer.Declined && !accepts => TurnOutcome.AlreadyDeclined,
                    _ when request.Answer is not null => TurnOutcome.HasRunner,
                    _ => null,
                };
                if (run is null || request is null || refusal is not null)
                    return await UnseenAsync(connection, new TurnResult(refusal!.Value, run, []), token);
                var writer = new ChangeWriter(now, traceParent);
                if (accepts)
                    return await GoesAsync(
                        connection,
                        run,
                        new NewRunner(
                            userId,
                            AssignedHow.TookOver,
                            new(
                                request.AskedByUserId is null
                                    ? ReasonKind.TookOverAsFairer
                                    : ReasonKind.TookOverWhenAsked
                            )
                        ),
                        writer,
                        now,
                        token
                    );

                const string Sql = $"""
                    {RaiseVersion}
                    UPDATE take_over_requests SET answer = 'declined', answered_at = @now,
                        version = (SELECT r.version FROM coffee_runs r WHERE r.run_id = @runId)
                    WHERE run_id = @runId AND user_id = @userId;
                    {ChangeWriter.Sql}
                    """;
                writer
                    .Audit(AuditTypes.TakeOverDeclined, runId, userId, AuditPayload.Of(run))
                    .Event(EventTypes.RunnerAssigned, EventData.Of(run, userId));
                return await ChangeTurnAsync(
                    connection,
                    Sql,
                    new
                    {
                        runId,
                        userId,
                        now,
                    },
                    writer,
                    TurnOutcome.Refused,
                    token
                );
            },
            ct
        );

    /// <summary>How the runners of a run became it, the latest first.</summary>
    public Task<IReadOnlyList<StoredAssignment>> AssignmentsAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<StoredAssignment>>(
            async (connection, token) =>
            {
                const string Sql =
                    $"SELECT {AssignmentRow.Columns} FROM runner_assignments a WHERE a.run_id = @runId ORDER BY a.version DESC";
                var rows = await connection.QueryAsync<AssignmentRow>(Command(Sql, new { runId }, token));
                return [.. rows.Select(row => row.ToAssignment())];
            },
            ct
        );

    private static async Task<StoredAssignment?> LastAssignmentAsync(
        NpgsqlConnection connection,
        Guid runId,
        CancellationToken ct
    )
    {
        const string Sql =
            $"SELECT {AssignmentRow.Columns} FROM runner_assignments a WHERE a.run_id = @runId ORDER BY a.version DESC LIMIT 1";
        var row = await connection.QuerySingleOrDefaultAsync<AssignmentRow>(Command(Sql, new { runId }, ct));
        return row?.ToAssignment();
    }

    /// <summary>Stores the person, locks the run and reads whether the person is asked to take it over.</summary>
    private static async Task<(CoffeeRun? Run, TakeOverRequest? Request)> LockForTurnAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        string? displayName,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = $"{Unseen} {SeeUser} {LockRun} {ReadRequest}";
        var parameters = new
        {
            runId,
            userId,
            displayName,
            now,
        };
        await using var results = await connection.QueryMultipleAsync(Command(Sql, parameters, ct));
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var request = await results.ReadSingleOrDefaultAsync<RequestRow>();
        return (run?.ToRun(), request?.ToRequest());
    }

    private static Task<bool> HasDeclinedAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        CancellationToken ct
    ) =>
        connection.ExecuteScalarAsync<bool>(
            Command(
                "SELECT EXISTS (SELECT FROM runner_declines WHERE run_id = @runId AND user_id = @userId)",
                new { runId, userId },
                ct
            )
        );

    private static async Task<TurnResult> GoesAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        NewRunner runner,
        ChangeWriter writer,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var assigned = await SetRunnerAsync(connection, run, runner, writer, now, ct);
        return new(TurnOutcome.Goes, assigned.Run, assigned.Events, assigned);
    }

    /// <summary>The run has no runner, and nobody who ordered is left.</summary>
    /// <param name="run">Locked.</param>
    private static async Task<AssignResult> LeaveUndecidedAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        ChangeWriter writer,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        writer.Event(EventTypes.RunnerAssigned, EventData.Of(run) with { RunnerUserId = null });
        const string Sql = $"""
            UPDATE coffee_runs r
            SET undecided_since = greatest(@now, r.assigned_at + INTERVAL '1 microsecond', r.left_at + INTERVAL '1 microsecond'), runner_user_id = NULL, assigned_at = NULL,
                assignment_reason = NULL, assignment_reason_parts = NULL, version = r.version + 1,
                runner_version = r.version + 1, changed_at = @now,
                reminder_queued_at = NULL, reminder_sent_at = NULL, reminders_sent = 0, snoozed_until = NULL, reminder_not_before = NULL, left_at = NULL, back_at = NULL
            WHERE r.run_id = @RunId
            RETURNING {RunRow.Columns};

            UPDATE take_over_requests q SET answer = 'lapsed', answered_at = @now,
                version = (SELECT r.version FROM coffee_runs r WHERE r.run_id = @RunId)
            WHERE q.run_id = @RunId AND q.answer IS NULL;

            {ChangeWriter.Sql}
            """;
        await using var results = await connection.QueryMultipleAsync(
            Command(Sql, writer.With(new { run.RunId, now }), ct)
        );
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(Assigned: false, changed.ToRun(), await writer.WrittenAsync(results));
    }

    /// <param name="run">Locked.</param>
    /// <param name="askedByUserId">Null: the system, with a comparison.</param>
    private static Task<TurnResult> AskAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        string askedUserId,
        string? askedByUserId,
        Comparison? comparison,
        DateTimeOffset now,
        string? traceParent,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            {RaiseVersion}

            UPDATE take_over_requests q SET answer = 'lapsed', answered_at = @now,
                version = (SELECT r.version FROM coffee_runs r WHERE r.run_id = @runId)
            WHERE q.run_id = @runId AND q.answer IS NULL AND (q.asked_by_user_id IS NULL) = (@askedByUserId::text IS NULL);

            INSERT INTO take_over_requests (run_id, user_id, asked_by_user_id, asked_at, comparison, version)
            SELECT r.run_id, @askedUserId, @askedByUserId, @now, @comparison::jsonb, r.version FROM coffee_runs r WHERE r.run_id = @runId
            ON CONFLICT (run_id, user_id) DO UPDATE
            SET asked_by_user_id = excluded.asked_by_user_id, asked_at = excluded.asked_at, comparison = excluded.comparison,
                answer = NULL, answered_at = NULL, version = excluded.version;

            {ChangeWriter.Sql}
            """;
        var writer = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.TakeOverAsked,
                run.RunId,
                askedByUserId,
                AuditPayload.Of(run) with
                {
                    RunnerUserId = run.RunnerUserId,
                    AskedUserId = askedUserId,
                }
            )
            .Event(EventTypes.RunnerAssigned, EventData.Of(run, askedByUserId));
        var parameters = new
        {
            runId = run.RunId,
            askedUserId,
            askedByUserId,
            comparison = comparison is null ? null : JsonSerializer.Serialize(comparison, DataJson.Default.Comparison),
            now,
        };
        return ChangeTurnAsync(connection, Sql, parameters, writer, TurnOutcome.Asked, ct);
    }

    private static async Task<TurnResult> ChangeTurnAsync(
        NpgsqlConnection connection,
        string sql,
        object parameters,
        ChangeWriter writer,
        TurnOutcome outcome,
        CancellationToken ct
    )
    {
        await using var results = await connection.QueryMultipleAsync(Command(sql, writer.With(parameters), ct));
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(outcome, changed.ToRun(), await writer.WrittenAsync(results));
    }
}
