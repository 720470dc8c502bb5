using System.Text.Json.Serialization;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
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
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Open a run in a channel, or join the one that is active there.</summary>
/// <param name="DisplayName">As far as the caller knows it; null keeps the stored name. A name from the Slack profile
/// is never replaced.</param>
/// <param name="TraceParent">The W3C trace context for the events.</param>
/// <param name="ChannelName">For e-mails, where Slack cannot show the channel; null when the caller does not know
/// it.</param>
/// <param name="Once">The request, if it may arrive again; not together with an idempotency key.</param>
/// <param name="OrderWindow">See <see cref="CoffeeRun.OrderWindow"/>; a run that is joined keeps its own.</param>
/// <param name="PlannedRunId">The planned run that is due: in the same transaction it is started, or dropped because
/// the run cannot be opened. Null: the run was not planned.</param>
public sealed record OpenRun(
    string WorkspaceId,
    string ChannelId,
    string UserId,
    string? DisplayName = null,
    string? TraceParent = null,
    IdempotencyKey? IdempotencyKey = null,
    string? ChannelName = null,
    RequestClaim? Once = null,
    TimeSpan? OrderWindow = null,
    Guid? PlannedRunId = null
);

/// <param name="Created">False when the channel already had an active run.</param>
/// <param name="OwnOrder">The person's order in this run, not one for a guest.</param>
/// <param name="LastDrinks">The drinks to offer: the person's favourites, then their last different drinks.</param>
/// <param name="Events">To be published now.</param>
/// <param name="Replayed">True when the request was a repetition: the result is that of the first.</param>
/// <param name="Refused">Whether Slack refused the run's announcement, so that the channel does not see the
/// run.</param>
public sealed record OpenedRun(
    CoffeeRun Run,
    bool Created,
    Order? OwnOrder,
    IReadOnlyList<Drink> LastDrinks,
    IReadOnlyList<OutboxEvent> Events,
    bool Replayed,
    bool Refused = false
)
{
    /// <summary>The menu of the channel; it is not kept for a repetition.</summary>
    [JsonIgnore]
    public Menu Menu { get; init; } = Menu.Default;
}

/// <summary>The person has started as many active runs as one person may: <see cref="CoffeeOptions.MaxActiveRuns"/>.</summary>
public sealed class ActiveRunLimitException(int limit)
    : Exception($"The person has started {limit} runs that are still active.")
{
    public int Limit => limit;
}

public sealed partial class RunStore
{
    private const int OpenAttempts = 5;

    // Exact also for runs that one person opens at the same moment: SeeUser has locked the person's row.
    private const string CountStarted =
        "SELECT count(*) FROM coffee_runs s WHERE s.initiator_user_id = @userId AND s.status = 'active'";

    /// <summary>
    /// Opens a run in the channel, or joins the one that is active there. One round trip: the statements of one command
    /// are one transaction. With an idempotency key there are more.
    /// </summary>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    /// <exception cref="ActiveRunLimitException">The person may start no more runs.</exception>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    /// <exception cref="PlannedRunEndedException">The planned run was started, cancelled or dropped before.</exception>
    public Task<OpenedRun> OpenOrJoinAsync(OpenRun command, CancellationToken ct) =>
        command.IdempotencyKey is { } key
            ? database.TransactAsync(
                (connection, _, token) =>
                    Idempotency.OnceAsync(
                        connection,
                        key,
                        time.Now(),
                        DataJson.Default.OpenedRun,
                        () => OpenAsync(connection, command, token),
                        first => first with { Events = [], Replayed = true },
                        token
                    ),
                ct
            )
            : database.RunAsync((connection, token) => OpenAsync(connection, command, token), ct);

    private async Task<OpenedRun> OpenAsync(NpgsqlConnection connection, OpenRun command, CancellationToken ct)
    {
        const string Sql = $"""
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, channel_name, initiator_user_id, order_window, created_at, changed_at, empty_since)
            SELECT @runId, @workspaceId, @channelId, left(@channelName, 80), @userId, @OrderWindow::interval, @now, @now, @now
            WHERE NOT EXISTS (SELECT FROM coffee_runs r WHERE {ActiveInChannel}) AND ({CountStarted}) < @maxActiveRuns
            ON CONFLICT (workspace_id, channel_id) WHERE status = 'active' DO NOTHING;
            """;
        const string Result = $"""

            SELECT {RunRow.Columns},
                EXISTS (
                    SELECT FROM slack_messages m
                    WHERE m.run_id = r.run_id AND m.kind = '{MessageKinds.Announcement}' AND m.error IS NOT NULL
                ) AS refused
            FROM coffee_runs r WHERE {ActiveInChannel};

            SELECT {OrderRow.Columns} FROM orders o WHERE o.run_id = (SELECT r.run_id FROM coffee_runs r WHERE {ActiveInChannel}) AND o.user_id = @userId;

            {PreferenceStore.OfferedSql}

            {CountStarted};

            SELECT {MenuRow.Columns} FROM menus m
            WHERE m.place_id IN (@channelId, (SELECT r.workspace_id FROM coffee_runs r WHERE {ActiveInChannel}));

            {ChangeWriter.Sql}
            """;
        var isPlanned = command.PlannedRunId is not null;
        var sql =
            RequestClaim.SqlOf(command.Once)
            + SeeUser
            + LockChannel
            + (isPlanned ? RequirePlanned + Sql + EndPlanned : Sql)
            + Result;
        for (var attempt = 1; attempt <= OpenAttempts; attempt++)
        {
            var now = time.Now();
            var runId = command.PlannedRunId ?? Guid.CreateVersion7(now);
            var writer = new ChangeWriter(now, command.TraceParent)
                .Audit(
                    AuditTypes.RunCreated,
                    runId,
                    command.UserId,
                    new() { WorkspaceId = command.WorkspaceId, ChannelId = command.ChannelId }
                )
                .Event(EventTypes.RunCreated, new(runId, command.WorkspaceId, command.ChannelId, command.UserId));
            var parameters = writer.With(
                new
                {
                    runId,
                    command.WorkspaceId,
                    command.ChannelId,
                    command.UserId,
                    command.DisplayName,
                    command.ChannelName,
                    command.OrderWindow,
                    now,
                    _options.MaxActiveRuns,
                    limit = OrderRules.LastDrinks,
                }
            );
            if (isPlanned)
                PlannedAudit.With(AuditTypes.PlannedRunDropped, userId: null, now, parameters);
            await using var results = await RequestClaim.SendAsync(
                command.Once,
                connection,
                Command(sql, RequestClaim.With(command.Once, parameters), ct)
            );
            await ReadLocksAsync(results, isPlanned);
            var run = await results.ReadSingleOrDefaultAsync<OpenedRow>();
            var order = await results.ReadSingleOrDefaultAsync<OrderRow>();
            var drinks = await results.ReadAsync<PreferenceRow>();
            var started = await results.ReadSingleAsync<long>();
            var menus = await results.ReadAsync<MenuRow>();
            var events = await writer.WrittenAsync(results);
            if (run is not null)
                return new(
                    run.ToRun(),
                    run.RunId == runId,
                    order?.ToOrder(),
                    [.. drinks.Select(row => row.ToPreference().Drink)],
                    events,
                    Replayed: false,
                    run.Refused
                )
                {
                    Menu = MenuOf(run, menus),
                };

            if (started >= _options.MaxActiveRuns)
                throw new ActiveRunLimitException(_options.MaxActiveRuns);

            // The active run was closed between the two statements: try again to open one.
        }
        throw new InvalidOperationException(
            $"The run in channel {command.ChannelId} was closed {OpenAttempts} times while it was being joined."
        );
    }

    /// <summary>Reads the results of the channel lock, and of the check of the planned run.</summary>
    private static async Task ReadLocksAsync(SqlMapper.GridReader results, bool isPlanned)
    {
        try
        {
            await results.ReadAsync();
            if (isPlanned)
                await results.ReadAsync();
        }
        catch (PostgresException refused) when (isPlanned && refused.SqlState == RequestClaim.Outdated)
        {
            throw new PlannedRunEndedException();
        }
    }

    private sealed class OpenedRow : RunRow
    {
        public bool Refused { get; set; }
    }
}
