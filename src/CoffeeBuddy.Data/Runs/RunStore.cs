using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Users;
using Dapper;
using Microsoft.Extensions.Options;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <summary>
/// The runs and their orders. Every change is one transaction that also writes its audit row and its event. Locks are
/// taken in one order everywhere, so that two changes never wait for each other: idempotency key, user, channel, run,
/// then the rest. A change of a run waits in the run's queue first (see <see cref="Database"/>).
/// </summary>
public sealed partial class RunStore(Database database, TimeProvider time, IOptions<CoffeeOptions> options)
{
    private readonly CoffeeOptions _options = options.Value;

    // Stores a person with their first action, unless it is refused (see UnseenAsync). First in its command: the lock
    // order.
    private const string SeeUser = $"""
        INSERT INTO users (user_id, display_name, created_at, updated_at)
        VALUES (@userId, nullif(left(@displayName, 255), ''), @now, @now)
        ON CONFLICT (user_id) DO UPDATE
        SET updated_at = excluded.updated_at, display_name = {UserStore.KeptName};
        """;

    // Not FOR UPDATE, which would also block the insert of rows that refer to the run.
    private const string LockRun =
        $"SELECT {RunRow.Columns} FROM coffee_runs r WHERE r.run_id = @runId FOR NO KEY UPDATE;";

    // On Enterprise Grid several workspaces can share a channel under one id, with one run. The unique index covers
    // only the runs of one workspace, so opening a run takes a lock on the channel.
    private const string LockChannel = "SELECT pg_advisory_xact_lock(1, hashtext(@channelId));";

    // A condition on the runs r. An older version may have left several active runs: the first counts.
    private const string ActiveInChannel =
        "r.channel_id = @channelId AND r.status = 'active' ORDER BY r.created_at LIMIT 1";

    // Before SeeUser, in an explicit transaction.
    private const string Unseen = "SAVEPOINT unseen;";

    /// <summary>Undoes SeeUser: an action that changes nothing stores nothing, not even the person.</summary>
    private static async Task<T> UnseenAsync<T>(NpgsqlConnection connection, T refusal, CancellationToken ct)
    {
        await connection.ExecuteAsync(Command("ROLLBACK TO SAVEPOINT unseen", new { }, ct));
        return refusal;
    }

    /// <summary>The run with its orders and messages, in one round trip; null when there is no such run.</summary>
    public Task<RunDetails?> GetAsync(Guid runId, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {RunRow.Columns} FROM coffee_runs r WHERE r.run_id = @runId;
                    SELECT {OrderRow.AllColumns} FROM all_orders o WHERE o.run_id = @runId ORDER BY o.created_at, o.order_id;
                    SELECT m.kind, m.recipient, m.channel_id, m.ts, m.shown_version, m.error FROM slack_messages m WHERE m.run_id = @runId;
                    SELECT d.user_id, d.reason, d.declined_at FROM runner_declines d WHERE d.run_id = @runId ORDER BY d.declined_at, d.user_id;
                    SELECT {RequestRow.Columns} FROM take_over_requests q WHERE q.run_id = @runId ORDER BY q.asked_at, q.user_id;
                    {MenuRow.OfRun}
                    """;
                await using var results = await connection.QueryMultipleAsync(Command(Sql, new { runId }, token));
                var run = await results.ReadSingleOrDefaultAsync<RunRow>();
                var orders = await results.ReadAsync<OrderRow>();
                var messages = await results.ReadAsync<ShownMessage>();
                var declines = await results.ReadAsync<DeclineRow>();
                var requests = await results.ReadAsync<RequestRow>();
                var menus = await results.ReadAsync<MenuRow>();
                return run is null
                    ? null
                    : new RunDetails(
                        run.ToRun(),
                        [.. orders.Select(order => order.ToOrder())],
                        [.. messages],
                        [.. declines.Select(row => row.ToDecline())],
                        [.. requests.Select(row => row.ToRequest())],
                        MenuOf(run, menus)
                    );
            },
            ct
        );

    /// <summary>The run whose announcement this thread starts with, and the menu of its channel.</summary>
    public Task<(CoffeeRun Run, Menu Menu)?> FindByThreadAsync(
        string channelId,
        string threadTs,
        CancellationToken ct
    ) =>
        database.RunAsync<(CoffeeRun Run, Menu Menu)?>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {RunRow.Columns}
                    FROM slack_messages m JOIN coffee_runs r ON r.run_id = m.run_id
                    WHERE m.kind = '{MessageKinds.Announcement}' AND m.channel_id = @channelId AND m.ts = @threadTs;
                    {MenuRow.OfThread}
                    """;
                await using var results = await connection.QueryMultipleAsync(
                    Command(Sql, new { channelId, threadTs }, token)
                );
                var run = await results.ReadSingleOrDefaultAsync<RunRow>();
                var menus = await results.ReadAsync<MenuRow>();
                return run is null ? null : (run.ToRun(), MenuOf(run, menus));
            },
            ct
        );

    /// <summary>The channel's runs in any state, the latest first.</summary>
    /// <param name="limit">Maximum number of runs.</param>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<IReadOnlyList<RunHistoryEntry>> HistoryAsync(
        string channelId,
        int limit,
        CancellationToken ct,
        RequestClaim? once = null
    ) => ListAsync(workspaceId: null, channelId, status: null, limit, ct, once: once);

    /// <summary>Runs, the latest first. Null does not restrict the list.</summary>
    /// <param name="limit">Maximum number of runs.</param>
    /// <param name="userId">Only runs that this person started, is the runner of, or ordered in.</param>
    public Task<IReadOnlyList<RunHistoryEntry>> ListAsync(
        string? workspaceId,
        string? channelId,
        RunStatus? status,
        int limit,
        CancellationToken ct,
        string? userId = null,
        RequestClaim? once = null
    ) =>
        database.RunAsync<IReadOnlyList<RunHistoryEntry>>(
            async (connection, token) =>
            {
                var parameters = new
                {
                    workspaceId,
                    channelId,
                    limit,
                    userId,
                };
                var sql = RequestClaim.SqlOf(once) + ListSql(workspaceId, channelId, status, userId);
                await using var results = await RequestClaim.SendAsync(
                    once,
                    connection,
                    Command(sql, RequestClaim.With(once, parameters), token)
                );
                var rows = await results.ReadAsync<HistoryRow>();
                return [.. rows.Select(row => row.ToEntry())];
            },
            ct
        );

    /// <summary>
    /// Contains only the conditions that restrict, and the state as a literal, so that PostgreSQL can use an index for
    /// each list: the small partial index for active runs, and one for each of the three ways a person takes part.
    /// </summary>
    internal static string ListSql(string? workspaceId, string? channelId, RunStatus? status, string? userId)
    {
        string?[] conditions =
        [
            workspaceId is null ? null : "workspace_id = @workspaceId",
            channelId is null ? null : "channel_id = @channelId",
            status is { } wanted ? $"status = '{StatusName(wanted)}'" : null,
            userId is null
                ? null
                : """
                    run_id IN (
                        SELECT run_id FROM coffee_runs WHERE initiator_user_id = @userId
                        UNION SELECT run_id FROM coffee_runs WHERE runner_user_id = @userId
                        UNION SELECT run_id FROM orders WHERE user_id = @userId
                        UNION SELECT run_id FROM guest_orders WHERE user_id = @userId)
                    """,
        ];
        return $"""
            SELECT {RunRow.Columns},
                array(SELECT o.user_id::text FROM all_orders o WHERE o.run_id = r.run_id ORDER BY o.created_at, o.order_id) AS participant_user_ids
            FROM (
                SELECT * FROM coffee_runs
                WHERE {string.Join(" AND ", conditions.OfType<string>().DefaultIfEmpty("TRUE"))}
                ORDER BY created_at DESC, run_id DESC
                LIMIT @limit
            ) r
            ORDER BY r.created_at DESC, r.run_id DESC
            """;
    }

    private Menu MenuOf(RunRow run, IEnumerable<MenuRow> menus) =>
        MenuRow.MenuOf(menus, run.WorkspaceId, run.ChannelId, _options.Menu, time.GetUtcNow());

    private static string StatusName(RunStatus status) =>
        status switch
        {
            RunStatus.Active => "active",
            RunStatus.Completed => "completed",
            RunStatus.Cancelled => "cancelled",
            _ => throw new ArgumentOutOfRangeException(nameof(status)),
        };

    // Npgsql runs a command in the transaction of its connection, so the transaction is not passed.
    private static CommandDefinition Command(string sql, object parameters, CancellationToken ct) =>
        new(sql, parameters, cancellationToken: ct);

    private sealed class HistoryRow : RunRow
    {
        public string[] ParticipantUserIds { get; set; } = [];

        public RunHistoryEntry ToEntry() => new(ToRun(), [.. ParticipantUserIds.Distinct()], ParticipantUserIds.Length);
    }
}
