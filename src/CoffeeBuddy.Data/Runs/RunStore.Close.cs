using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public enum CloseOutcome
{
    /// <summary>This call completed or cancelled the run.</summary>
    Closed,
    AlreadyCompleted,
    AlreadyCancelled,

    /// <summary>The run cannot be completed before it has a runner.</summary>
    NoRunner,
    NotAllowed,
    NotFound,
}

/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To be published now.</param>
public sealed record CloseResult(CloseOutcome Outcome, CoffeeRun? Run, IReadOnlyList<OutboxEvent> Events);

public sealed partial class RunStore
{
    /// <summary>Completes a run. Allowed to its runner, its initiator and admins.</summary>
    /// <param name="isAdmin">Whether the person is an admin; the caller has checked it.</param>
    /// <param name="userId">Null for an admin without a Slack user id.</param>
    /// <param name="subject">The token's subject, of an admin without a Slack user id.</param>
    public Task<CloseResult> CompleteAsync(
        Guid runId,
        string? userId,
        string? traceParent,
        CancellationToken ct,
        bool isAdmin = false,
        string? subject = null
    ) => CloseAsync(new(RunStatus.Completed, Find.ById(runId), userId, isAdmin, subject, traceParent), ct);

    /// <summary>Cancels a run. Allowed to its initiator, its runner and admins.</summary>
    /// <inheritdoc cref="CompleteAsync" path="/param"/>
    public Task<CloseResult> CancelAsync(
        Guid runId,
        string? userId,
        string? traceParent,
        CancellationToken ct,
        bool isAdmin = false,
        string? subject = null
    ) => CloseAsync(new(RunStatus.Cancelled, Find.ById(runId), userId, isAdmin, subject, traceParent), ct);

    /// <summary>Cancels the channel's active run.</summary>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <returns><see cref="CloseOutcome.NotFound"/> when none is active.</returns>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<CloseResult> CancelInChannelAsync(
        string channelId,
        string userId,
        string? traceParent,
        CancellationToken ct,
        bool isAdmin = false,
        RequestClaim? once = null
    ) =>
        CloseAsync(
            new(RunStatus.Cancelled, Find.Active(channelId), userId, isAdmin, Subject: null, traceParent, once),
            ct
        );

    /// <summary>
    /// Two round trips, as for an order: the run is read, and closed by a command that first checks that it has not
    /// changed. After some changes that came in between it is closed under its lock.
    /// </summary>
    private async Task<CloseResult> CloseAsync(CloseRequest request, CancellationToken ct)
    {
        // Outlives a repetition of the work over a new connection: the change that was sent when the old one broke.
        CloseChange? sent = null;
        var result = await (
            request.Find.RunId is { } runId
                ? database.RunAsync(runId, CloseUnlockedAsync, ct)
                : database.RunAsync(CloseUnlockedAsync, ct)
        );
        return result
            ?? await database.TransactAsync((connection, _, token) => CloseLockedAsync(connection, request, token), ct);

        async Task<CloseResult?> CloseUnlockedAsync(NpgsqlConnection connection, CancellationToken token)
        {
            var lost = sent;
            for (var attempt = 1; attempt <= UnlockedAttempts; attempt++)
            {
                var (run, lostOutboxId) = await ReadAsync(connection, request, lost, token);
                if (lostOutboxId is { } outboxId)
                    return lost!.Written(run!, outboxId);
                var (outcome, change) = Decide(request, run);
                if (change is null)
                    return new(outcome, run, []);
                sent = change;
                if (await TryCloseAsync(connection, request, change, token) is { } closed)
                    return closed;
            }

            return null;
        }
    }

    /// <summary>In a transaction, under the run's lock from before the decision to the commit.</summary>
    private async Task<CloseResult> CloseLockedAsync(
        NpgsqlConnection connection,
        CloseRequest request,
        CancellationToken ct
    )
    {
        var see = request.UserId is null ? "" : SeeUser;
        var sql =
            $"{Unseen} {see} SELECT {RunRow.Columns} FROM coffee_runs r WHERE {request.Find.Condition} FOR NO KEY UPDATE;";
        var parameters = new
        {
            request.Find.RunId,
            request.Find.ChannelId,
            request.UserId,
            displayName = (string?)null,
            now = time.Now(),
        };
        var run = (await connection.QuerySingleOrDefaultAsync<RunRow>(Command(sql, parameters, ct)))?.ToRun();
        var (outcome, change) = Decide(request, run);
        if (change is null)
            return await UnseenAsync(connection, new CloseResult(outcome, run, []), ct);
        return await TryCloseAsync(connection, request, change, ct)
            ?? throw new InvalidOperationException($"Run {run!.RunId} was changed although it was locked.");
    }

    /// <param name="lost">What was sent over a connection that broke.</param>
    private static async Task<(CoffeeRun? Run, long? LostOutboxId)> ReadAsync(
        NpgsqlConnection connection,
        CloseRequest request,
        CloseChange? lost,
        CancellationToken ct
    )
    {
        // The lock waits while another transaction changes the run, and ends with the command.
        var find = lost is null ? request.Find : Find.ById(lost.Run.RunId);
        var sql = $"""
            {RequestClaim.SqlOf(request.Once)}
            SELECT {RunRow.Columns} FROM coffee_runs r WHERE {find.Condition} FOR SHARE;
            SELECT outbox_id FROM outbox WHERE event_id = @lostEventId;
            """;
        var parameters = new
        {
            find.RunId,
            find.ChannelId,
            lostEventId = lost?.Writer.Events[0].EventId,
        };
        await using var results = await RequestClaim.SendAsync(
            request.Once,
            connection,
            Command(sql, RequestClaim.With(request.Once, parameters), ct)
        );
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        return (run?.ToRun(), await results.ReadSingleOrDefaultAsync<long?>());
    }

    private (CloseOutcome Outcome, CloseChange? Change) Decide(CloseRequest request, CoffeeRun? run)
    {
        var (status, userId, isAdmin) = (request.Status, request.UserId, request.IsAdmin);
        // The permission before the state: without it nobody learns what has become of the run.
        CloseOutcome? refusal = run switch
        {
            null => CloseOutcome.NotFound,
            _ when !RunRules.MayClose(run, status, userId, isAdmin) => CloseOutcome.NotAllowed,
            { Status: RunStatus.Completed } => CloseOutcome.AlreadyCompleted,
            { Status: RunStatus.Cancelled } => CloseOutcome.AlreadyCancelled,
            _ when status == RunStatus.Completed && !RunRules.CanBeCompleted(run, isAdmin) => CloseOutcome.NoRunner,
            _ => null,
        };
        if (run is null || refusal is not null)
            return (refusal!.Value, null);

        var now = time.Now();
        var onlyAsAdmin = !RunRules.MayClose(run, status, userId, isAdmin: false);
        var (auditType, eventType) =
            status == RunStatus.Completed
                ? (AuditTypes.RunCompleted, EventTypes.RunCompleted)
                : (AuditTypes.RunCancelled, EventTypes.RunCancelled);
        var writer = new ChangeWriter(now, request.TraceParent)
            .Audit(
                auditType,
                run.RunId,
                userId,
                AuditPayload.Of(run) with
                {
                    RunnerUserId = run.RunnerUserId,
                    AsAdmin = onlyAsAdmin ? true : null,
                }
            )
            .Event(eventType, EventData.Of(run, userId));
        return (CloseOutcome.Closed, new CloseChange(run, now, writer));
    }

    /// <returns>Null when the run was changed since it was read: nothing was written.</returns>
    private static async Task<CloseResult?> TryCloseAsync(
        NpgsqlConnection connection,
        CloseRequest request,
        CloseChange change,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            {LockRun}

            SELECT require_unchanged(EXISTS (
                SELECT FROM coffee_runs r WHERE r.run_id = @RunId AND r.status = 'active' AND r.version = @Version));

            UPDATE coffee_runs r
            SET status = @status::run_status, closed_by_user_id = @UserId, closed_by_subject = left(@subject, 255), version = r.version + 1, changed_at = @Now,
                completed_at = CASE WHEN @status = 'completed' THEN @Now END,
                cancelled_at = CASE WHEN @status = 'cancelled' THEN @Now END
            WHERE r.run_id = @RunId
            RETURNING {RunRow.Columns};

            {ChangeWriter.Sql}
            """;
        var parameters = change.Writer.With(
            new
            {
                status = StatusName(request.Status),
                request.UserId,
                displayName = (string?)null,
                subject = request.UserId is null ? request.Subject : null,
                change.Now,
                change.Run.RunId,
                change.Run.Version,
            }
        );
        try
        {
            await using var results = await connection.QueryMultipleAsync(
                Command((request.UserId is null ? "" : SeeUser) + Sql, parameters, ct)
            );
            await results.ReadAsync(); // The run before the change.
            await results.ReadAsync(); // The check.
            var closed = await results.ReadSingleAsync<RunRow>();
            return new(CloseOutcome.Closed, closed.ToRun(), await change.Writer.WrittenAsync(results));
        }
        catch (PostgresException refused) when (refused.SqlState == RequestClaim.Outdated)
        {
            return null;
        }
    }

    private sealed record CloseRequest(
        RunStatus Status,
        Find Find,
        string? UserId,
        bool IsAdmin,
        string? Subject,
        string? TraceParent,
        RequestClaim? Once = null
    );

    /// <param name="Run">As it was read.</param>
    /// <param name="Writer">With one event.</param>
    private sealed record CloseChange(CoffeeRun Run, DateTimeOffset Now, ChangeWriter Writer)
    {
        public CloseResult Written(CoffeeRun run, long outboxId) =>
            new(CloseOutcome.Closed, run, [Writer.Events[0] with { OutboxId = outboxId }]);
    }

    private readonly record struct Find(Guid? RunId, string? ChannelId)
    {
        public string Condition => RunId is null ? ActiveInChannel : "r.run_id = @RunId";

        public static Find ById(Guid runId) => new(runId, null);

        public static Find Active(string channelId) => new(null, channelId);
    }
}
