using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Plan a run.</summary>
/// <param name="RunId">The id that the run will have.</param>
/// <param name="Once">The request, if it may arrive again.</param>
public sealed record PlanRun(
    Guid RunId,
    string WorkspaceId,
    string? EnterpriseId,
    string ChannelId,
    string? ChannelName,
    string UserId,
    string? DisplayName,
    DateTimeOffset StartsAt,
    RequestClaim? Once = null
);

public enum PlanOutcome
{
    Planned,

    /// <summary>Somebody has planned a run in this channel at this time.</summary>
    AlreadyPlanned,

    /// <summary>The person has as many planned runs as one person may: <see cref="CoffeeOptions.MaxPlannedRuns"/>.</summary>
    TooMany,

    /// <summary>The person's planned run is cancelled.</summary>
    Cancelled,

    /// <summary>The planned run was started, cancelled or dropped before.</summary>
    AlreadyEnded,

    /// <summary>Only the person who planned it may cancel it.</summary>
    NotAllowed,
    NotFound,
}

/// <param name="Planned">The planned run after the change; null when there is none.</param>
public sealed record PlanResult(PlanOutcome Outcome, PlannedRun? Planned);

/// <summary>The planned run was started, cancelled or dropped before: nothing was done.</summary>
public sealed class PlannedRunEndedException() : Exception("The planned run was started, cancelled or dropped before.");

public sealed partial class RunStore
{
    private const int PlanAttempts = 5;

    // Waits for a change of the planned run that is under way, and ends the command when it is not planned any more.
    private const string RequirePlanned = """
        WITH planned AS (
            SELECT FROM planned_runs p WHERE p.run_id = @runId AND p.status = 'planned' FOR UPDATE
        )
        SELECT require_unchanged(EXISTS (SELECT FROM planned));
        """;

    // After the attempt to open the run. While the channel has no run and the person may start one, it stays planned.
    private const string EndPlanned = $"""
        WITH outcome AS (
            SELECT CASE
                WHEN EXISTS (SELECT FROM coffee_runs r WHERE r.run_id = @runId) THEN 'started'
                WHEN EXISTS (SELECT FROM coffee_runs r WHERE {ActiveInChannel}) THEN 'active_run'
                WHEN ({CountStarted}) >= @maxActiveRuns THEN 'too_many_runs'
            END AS what
        ), ended AS (
            UPDATE planned_runs p
            SET status = CASE outcome.what WHEN 'started' THEN 'started' ELSE 'dropped' END, drop_reason = nullif(outcome.what, 'started'), ended_at = @now
            FROM outcome WHERE p.run_id = @runId AND outcome.what IS NOT NULL
            RETURNING {PlannedAudit.Returned}
        )
        {PlannedAudit.Sql} WHERE drop_reason IS NOT NULL;
        """;

    /// <summary>Plans a run. One round trip.</summary>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<PlanResult> PlanAsync(PlanRun command, CancellationToken ct) =>
        database.RunAsync((connection, token) => PlanAsync(connection, command, token), ct);

    private async Task<PlanResult> PlanAsync(NpgsqlConnection connection, PlanRun command, CancellationToken ct)
    {
        // SeeUser has locked the person's row, so the limit is exact.
        const string Sql = $"""
            {SeeUser}

            WITH ended AS (
                INSERT INTO planned_runs AS p (run_id, workspace_id, enterprise_id, channel_id, channel_name, initiator_user_id, starts_at, created_at)
                SELECT @RunId, @WorkspaceId, @EnterpriseId, @ChannelId, left(@ChannelName, 80), @UserId, @StartsAt, @now
                WHERE (SELECT count(*) FROM planned_runs q WHERE q.initiator_user_id = @UserId AND q.status = 'planned') < @MaxPlannedRuns
                ON CONFLICT DO NOTHING
                RETURNING {PlannedAudit.Returned}
            )
            {PlannedAudit.Sql};

            SELECT {PlannedRunRow.Columns} FROM planned_runs p
            WHERE p.channel_id = @ChannelId AND p.starts_at = @StartsAt AND p.status = 'planned';

            SELECT count(*) FROM planned_runs q WHERE q.initiator_user_id = @UserId AND q.status = 'planned';
            """;
        for (var attempt = 1; ; attempt++)
        {
            var now = time.Now();
            var parameters = PlannedAudit.With(
                AuditTypes.RunPlanned,
                command.UserId,
                now,
                new
                {
                    command.RunId,
                    command.WorkspaceId,
                    command.EnterpriseId,
                    command.ChannelId,
                    command.ChannelName,
                    command.UserId,
                    command.DisplayName,
                    command.StartsAt,
                    now,
                    _options.MaxPlannedRuns,
                }
            );
            await using var results = await RequestClaim.SendAsync(
                command.Once,
                connection,
                Command(RequestClaim.SqlOf(command.Once) + Sql, RequestClaim.With(command.Once, parameters), ct)
            );
            var planned = (await results.ReadSingleOrDefaultAsync<PlannedRunRow>())?.ToPlannedRun();
            var count = await results.ReadSingleAsync<long>();
            if (planned is not null)
                return new(planned.RunId == command.RunId ? PlanOutcome.Planned : PlanOutcome.AlreadyPlanned, planned);
            // Otherwise the planned run of this time ended between two statements: try again.
            if (count >= _options.MaxPlannedRuns || attempt == PlanAttempts)
                return new(PlanOutcome.TooMany, null);
        }
    }

    /// <summary>Cancels a planned run. Allowed to the person who planned it.</summary>
    public Task<PlanResult> CancelPlannedAsync(Guid runId, string userId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = $"""
                    WITH ended AS (
                        UPDATE planned_runs p SET status = 'cancelled', ended_at = @now
                        WHERE p.run_id = @runId AND p.initiator_user_id = @userId AND p.status = 'planned'
                        RETURNING {PlannedAudit.Returned}
                    )
                    {PlannedAudit.Sql}
                    RETURNING TRUE;

                    SELECT {PlannedRunRow.Columns} FROM planned_runs p WHERE p.run_id = @runId;
                    """;
                var now = time.Now();
                var parameters = PlannedAudit.With(
                    AuditTypes.PlannedRunCancelled,
                    userId,
                    now,
                    new
                    {
                        runId,
                        userId,
                        now,
                    }
                );
                await using var results = await connection.QueryMultipleAsync(Command(Sql, parameters, token));
                var cancelled = await results.ReadSingleOrDefaultAsync<bool>();
                var planned = (await results.ReadSingleOrDefaultAsync<PlannedRunRow>())?.ToPlannedRun();
                return new PlanResult(
                    planned switch
                    {
                        null => PlanOutcome.NotFound,
                        _ when cancelled => PlanOutcome.Cancelled,
                        _ when planned.InitiatorUserId != userId => PlanOutcome.NotAllowed,
                        _ => PlanOutcome.AlreadyEnded,
                    },
                    planned
                );
            },
            ct
        );

    /// <summary>The planned runs of a person, the next first.</summary>
    /// <param name="channelId">Null: of all channels.</param>
    public Task<IReadOnlyList<PlannedRun>> PlannedOfAsync(string userId, string? channelId, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<PlannedRun>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {PlannedRunRow.Columns} FROM planned_runs p
                    WHERE p.initiator_user_id = @userId AND p.status = 'planned' AND (@channelId::text IS NULL OR p.channel_id = @channelId)
                    ORDER BY p.starts_at, p.run_id
                    """;
                var rows = await connection.QueryAsync<PlannedRunRow>(Command(Sql, new { userId, channelId }, token));
                return [.. rows.Select(row => row.ToPlannedRun())];
            },
            ct
        );

    /// <summary>Planned runs whose time has come, the longest due first.</summary>
    public Task<IReadOnlyList<PlannedRun>> DuePlannedAsync(int limit, CancellationToken ct) =>
        ListPlannedAsync("p.status = 'planned' AND p.starts_at <= @now ORDER BY p.starts_at", limit, ct);

    /// <summary>Dropped planned runs of which the person has not been told, the longest dropped first.</summary>
    public Task<IReadOnlyList<PlannedRun>> UntoldPlannedAsync(int limit, CancellationToken ct) =>
        ListPlannedAsync("p.status = 'dropped' AND p.told_at IS NULL ORDER BY p.ended_at", limit, ct);

    private Task<IReadOnlyList<PlannedRun>> ListPlannedAsync(string condition, int limit, CancellationToken ct) =>
        database.RunAsync<IReadOnlyList<PlannedRun>>(
            async (connection, token) =>
            {
                var sql = $"SELECT {PlannedRunRow.Columns} FROM planned_runs p WHERE {condition} LIMIT @limit";
                var rows = await connection.QueryAsync<PlannedRunRow>(
                    Command(sql, new { now = time.Now(), limit }, token)
                );
                return [.. rows.Select(row => row.ToPlannedRun())];
            },
            ct
        );

    /// <summary>Drops a planned run that cannot be opened. One that is not planned any more is not touched.</summary>
    public Task DropPlannedAsync(Guid runId, DropReason reason, CancellationToken ct)
    {
        const string Sql = $"""
            WITH ended AS (
                UPDATE planned_runs p SET status = 'dropped', drop_reason = @reason, ended_at = @now
                WHERE p.run_id = @runId AND p.status = 'planned'
                RETURNING {PlannedAudit.Returned}
            )
            {PlannedAudit.Sql}
            """;
        var now = time.Now();
        var parameters = PlannedAudit.With(
            AuditTypes.PlannedRunDropped,
            userId: null,
            now,
            new
            {
                runId,
                reason = PlannedAudit.NameOf(reason),
                now,
            }
        );
        return database.RunAsync((connection, token) => connection.ExecuteAsync(Command(Sql, parameters, token)), ct);
    }

    /// <summary>The person was told that the planned run was dropped, or cannot be told.</summary>
    public Task MarkPlannedToldAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync(
            (connection, token) =>
                connection.ExecuteAsync(
                    Command(
                        "UPDATE planned_runs SET told_at = @now WHERE run_id = @runId AND status = 'dropped' AND told_at IS NULL",
                        new { runId, now = time.Now() },
                        token
                    )
                ),
            ct
        );
}
