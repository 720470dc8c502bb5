using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
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
    ) =>
        database.TransactAsync(
            runId,
            (connection, _, token) =>
                CloseAsync(
                    connection,
                    RunStatus.Completed,
                    Find.ById(runId),
                    new(userId, isAdmin, subject),
                    traceParent,
                    token
                ),
            ct
        );

    /// <summary>Cancels a run. Allowed to its initiator, its runner and admins.</summary>
    /// <inheritdoc cref="CompleteAsync" path="/param"/>
    public Task<CloseResult> CancelAsync(
        Guid runId,
        string? userId,
        string? traceParent,
        CancellationToken ct,
        bool isAdmin = false,
        string? subject = null
    ) =>
        database.TransactAsync(
            runId,
            (connection, _, token) =>
                CloseAsync(
                    connection,
                    RunStatus.Cancelled,
                    Find.ById(runId),
                    new(userId, isAdmin, subject),
                    traceParent,
                    token
                ),
            ct
        );

    /// <summary>Cancels the channel's active run.</summary>
    /// <returns><see cref="CloseOutcome.NotFound"/> when none is active.</returns>
    public Task<CloseResult> CancelInChannelAsync(
        string channelId,
        string userId,
        string? traceParent,
        CancellationToken ct,
        bool isAdmin = false
    ) =>
        database.TransactAsync(
            (connection, _, token) =>
                CloseAsync(
                    connection,
                    RunStatus.Cancelled,
                    Find.Active(channelId),
                    new(userId, isAdmin, Subject: null),
                    traceParent,
                    token
                ),
            ct
        );

    private async Task<CloseResult> CloseAsync(
        NpgsqlConnection connection,
        RunStatus status,
        Find find,
        Closer closer,
        string? traceParent,
        CancellationToken ct
    )
    {
        var now = time.Now();
        var (userId, isAdmin, subject) = closer;
        var run = await LockAsync(connection, find, userId, now, ct);
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
            return await UnseenAsync(connection, new CloseResult(refusal!.Value, run, []), ct);

        const string Sql = $"""
            UPDATE coffee_runs r
            SET status = @status::run_status, closed_by_user_id = @userId, closed_by_subject = left(@subject, 255), version = r.version + 1, changed_at = @now,
                completed_at = CASE WHEN @status = 'completed' THEN @now END,
                cancelled_at = CASE WHEN @status = 'cancelled' THEN @now END
            WHERE r.run_id = @RunId AND r.status = 'active'
            RETURNING {RunRow.Columns};

            {ChangeWriter.Sql}
            """;
        var onlyAsAdmin = !RunRules.MayClose(run, status, userId, isAdmin: false);
        var (auditType, eventType) =
            status == RunStatus.Completed
                ? (AuditTypes.RunCompleted, EventTypes.RunCompleted)
                : (AuditTypes.RunCancelled, EventTypes.RunCancelled);
        var writer = new ChangeWriter(now, traceParent)
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
        var parameters = writer.With(
            new
            {
                status = StatusName(status),
                userId,
                subject = userId is null ? subject : null,
                now,
                run.RunId,
            }
        );
        await using var results = await connection.QueryMultipleAsync(Command(Sql, parameters, ct));
        var closed = await results.ReadSingleAsync<RunRow>();
        return new(CloseOutcome.Closed, closed.ToRun(), await writer.WrittenAsync(results));
    }

    private static async Task<CoffeeRun?> LockAsync(
        NpgsqlConnection connection,
        Find find,
        string? userId,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var see = userId is null ? "" : SeeUser;
        var condition = find.RunId is null ? ActiveInChannel : "r.run_id = @RunId";
        var sql = $"{Unseen} {see} SELECT {RunRow.Columns} FROM coffee_runs r WHERE {condition} FOR NO KEY UPDATE;";
        var parameters = new
        {
            find.RunId,
            find.ChannelId,
            userId,
            displayName = (string?)null,
            now,
        };
        var row = await connection.QuerySingleOrDefaultAsync<RunRow>(Command(sql, parameters, ct));
        return row?.ToRun();
    }

    private readonly record struct Closer(string? UserId, bool IsAdmin, string? Subject);

    private readonly record struct Find(Guid? RunId, string? ChannelId)
    {
        public static Find ById(Guid runId) => new(runId, null);

        public static Find Active(string channelId) => new(null, channelId);
    }
}
