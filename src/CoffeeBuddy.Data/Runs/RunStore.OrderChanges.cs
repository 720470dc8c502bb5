using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

/// <content>
/// How a person's order is changed. The run and the order are read, the change is decided in C# and then written by one
/// command, which is one transaction: the run is locked only while the server executes that command, not while it waits
/// for the worker. The command first checks that the run is still taking orders and the order still the one that was read.
/// </content>
public sealed partial class RunStore
{
    /// <summary>After so many changes that came in between, the change is made under the run's lock.</summary>
    private const int UnlockedAttempts = 3;

    // Waits while another transaction changes the run: the decision is made on the result of that change, and the time
    // of the order is when its turn came. The lock ends with the command.
    private const string ReadOrder = $"""
        SELECT {RunRow.Columns} FROM coffee_runs r WHERE r.run_id = @RunId FOR SHARE;
        {OwnOrder}
        {MenuRow.OfRun}
        SELECT outbox_id FROM outbox WHERE event_id = @lostEventId;
        """;

    // Before the order is withdrawn, and also without an order: one that was written earlier may still arrive. Under the
    // run's lock, so that an order that is being placed meanwhile sees it.
    private const string RememberWithdrawal = $"""
        {LockRun}
        INSERT INTO order_withdrawals AS w (run_id, user_id, withdrawn_at)
        SELECT r.run_id, @UserId, @withdrawnAt FROM coffee_runs r WHERE r.run_id = @RunId AND {RunRow.AcceptsOrders}
        ON CONFLICT (run_id, user_id) DO UPDATE SET withdrawn_at = greatest(w.withdrawn_at, excluded.withdrawn_at);
        """;

    // Two results: the order, and when the person last withdrew.
    private const string OwnOrder = $"""
        SELECT {OrderRow.Columns} FROM orders o WHERE o.run_id = @RunId AND o.user_id = @UserId;
        SELECT w.withdrawn_at FROM order_withdrawals w WHERE w.run_id = @RunId AND w.user_id = @UserId;
        """;

    // A statement of its own, after the lock: a statement does not see what was committed while it waited for a lock.
    // Every change of an order raises its created_at.
    private const string RequireUnchanged = $"""
        SELECT require_unchanged(
            EXISTS (SELECT FROM coffee_runs r WHERE r.run_id = @RunId AND {RunRow.AcceptsOrders})
            AND (SELECT o.order_id FROM orders o WHERE o.run_id = @RunId AND o.user_id = @UserId) IS NOT DISTINCT FROM @ownOrderId::uuid
            AND (SELECT o.created_at FROM orders o WHERE o.run_id = @RunId AND o.user_id = @UserId) IS NOT DISTINCT FROM @ownCreatedAt::timestamptz
            AND (SELECT w.withdrawn_at FROM order_withdrawals w WHERE w.run_id = @RunId AND w.user_id = @UserId) IS NOT DISTINCT FROM @withdrawnAt::timestamptz);
        """;

    private async Task<OrderResult> ChangeOrderAsync(OrderRequest request, CancellationToken ct)
    {
        // Outlives a repetition of the work over a new connection: the change that was sent when the old one broke.
        OrderChange? sent = null;
        var result = await database.RunAsync(
            request.RunId,
            async (connection, token) =>
            {
                var lost = sent;
                for (var attempt = 1; attempt <= UnlockedAttempts; attempt++)
                {
                    var (run, own, lostOutboxId) = await ReadOrderAsync(connection, request, lost, token);
                    if (lostOutboxId is { } outboxId)
                        return lost!.Written(run!, outboxId);
                    var decision = Decide(request, run, own);
                    if (decision.Change is not { } change)
                        return NotChanged(decision, run, own);
                    sent = change;
                    if (await TryWriteAsync(connection, request, own, change, token) is { } written)
                        return written;
                }
                return null;
            },
            ct
        );
        return result
            ?? await database.TransactAsync(
                request.RunId,
                (connection, _, token) => ChangeLockedOrderAsync(connection, request, token),
                ct
            );
    }

    /// <summary>In a transaction, under the run's lock from before the decision to the commit.</summary>
    private async Task<OrderResult> ChangeLockedOrderAsync(
        NpgsqlConnection connection,
        OrderRequest request,
        CancellationToken ct
    )
    {
        const string Sql = $"{Unseen} {SeeUser} {LockRun} {OwnOrder} {MenuRow.OfRun}";
        var parameters = new
        {
            request.RunId,
            request.UserId,
            request.DisplayName,
            now = time.Now(),
        };
        CoffeeRun? run;
        OwnState own;
        await using (var results = await connection.QueryMultipleAsync(Command(Sql, parameters, ct)))
        {
            (run, own) = await ReadRunAsync(results);
        }

        var decision = Decide(request, run, own);
        if (decision.Change is not { } change)
            return await UnseenAsync(connection, NotChanged(decision, run, own), ct);
        return await TryWriteAsync(connection, request, own, change, ct)
            ?? throw new InvalidOperationException($"Run {request.RunId} was changed although it was locked.");
    }

    private OrderDecision Decide(OrderRequest request, CoffeeRun? run, OwnState own)
    {
        if (run is null || (request.ChannelId is { } channelId && run.ChannelId != channelId))
            return new(OrderOutcome.RunNotFound);
        return ClosedOutcome(run) is { } closed ? new(closed) : request.Decide(run, own, time.Now());
    }

    /// <returns>Null while orders are taken.</returns>
    private static OrderOutcome? ClosedOutcome(CoffeeRun run) =>
        RunRules.AcceptsOrders(run) ? null
        : run.Status == RunStatus.Active ? OrderOutcome.RunnerLeft
        : OrderOutcome.RunClosed;

    private static OrderResult NotChanged(OrderDecision decision, CoffeeRun? run, OwnState own) =>
        decision.Outcome == OrderOutcome.RunNotFound
            ? new(decision.Outcome, Run: null, Order: null, [], Replayed: false)
            : new(decision.Outcome, run, own.Order, [], Replayed: false, decision.Refusal);

    private async Task<(CoffeeRun? Run, OwnState Own, long? LostOutboxId)> ReadOrderAsync(
        NpgsqlConnection connection,
        OrderRequest request,
        OrderChange? lost,
        CancellationToken ct
    )
    {
        var parameters = new
        {
            request.RunId,
            request.UserId,
            request.WithdrawnAt,
            lostEventId = lost?.EventId,
        };
        var sql = request.WithdrawnAt is null ? ReadOrder : RememberWithdrawal + ReadOrder;
        await using var results = await connection.QueryMultipleAsync(Command(sql, parameters, ct));
        if (request.WithdrawnAt is not null)
            await results.ReadAsync(); // The lock.
        var (run, own) = await ReadRunAsync(results);
        return (run, own, await results.ReadSingleOrDefaultAsync<long?>());
    }

    private async Task<(CoffeeRun? Run, OwnState Own)> ReadRunAsync(SqlMapper.GridReader results)
    {
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var order = await results.ReadSingleOrDefaultAsync<OrderRow>();
        var withdrawnAt = await results.ReadSingleOrDefaultAsync<DateTimeOffset?>();
        var menus = await results.ReadAsync<MenuRow>();
        var menu = run is null ? _options.Menu : MenuOf(run, menus);
        return (run?.ToRun(), new(order?.ToOrder(), withdrawnAt, menu));
    }

    /// <returns>Null when the run or the order was changed since they were read: nothing was written.</returns>
    private static async Task<OrderResult?> TryWriteAsync(
        NpgsqlConnection connection,
        OrderRequest request,
        OwnState own,
        OrderChange change,
        CancellationToken ct
    )
    {
        var parameters = change.Writer.With(change.Parameters);
        parameters.AddDynamicParams(
            new
            {
                request.RunId,
                request.UserId,
                request.DisplayName,
                ownOrderId = own.Order?.OrderId,
                ownCreatedAt = own.Order?.CreatedAt,
                withdrawnAt = own.WithdrawnAt,
            }
        );
        try
        {
            await using var results = await connection.QueryMultipleAsync(
                Command($"{SeeUser} {LockRun} {RequireUnchanged} {change.Sql} {ChangeWriter.Sql}", parameters, ct)
            );
            await results.ReadAsync(); // The run before the change.
            await results.ReadAsync(); // The check.
            var run = await results.ReadSingleAsync<RunRow>();
            return new(change.Outcome, run.ToRun(), change.Order, await change.Writer.WrittenAsync(results), false);
        }
        catch (PostgresException refused) when (refused.SqlState == RequestClaim.Outdated)
        {
            return null;
        }
    }

    /// <param name="Order">The order that the person has in the run.</param>
    /// <param name="WithdrawnAt">When the person last withdrew in the run; null: never.</param>
    /// <param name="Menu">That of the run's channel.</param>
    private readonly record struct OwnState(Order? Order, DateTimeOffset? WithdrawnAt, Menu Menu);

    /// <param name="Decide">What to do with what the person has in the run, at a time; called only while orders are
    /// taken.</param>
    /// <param name="WithdrawnAt">When the person asked to withdraw; null for an order.</param>
    /// <param name="ChannelId">The run has to be of this channel; null: of any.</param>
    private sealed record OrderRequest(
        Guid RunId,
        string UserId,
        string? DisplayName,
        Func<CoffeeRun, OwnState, DateTimeOffset, OrderDecision> Decide,
        DateTimeOffset? WithdrawnAt = null,
        string? ChannelId = null
    );

    /// <param name="Change">Null: nothing is to be written.</param>
    /// <param name="Refusal">With <see cref="OrderOutcome.NotOffered"/>.</param>
    private readonly record struct OrderDecision(
        OrderOutcome Outcome,
        OrderChange? Change = null,
        MenuRefusal? Refusal = null
    )
    {
        public static implicit operator OrderDecision(OrderChange change) => new(change.Outcome, change);
    }

    /// <param name="Order">The order that stands after the change, or the one that is withdrawn.</param>
    /// <param name="Sql">Changes the order and returns the run once.</param>
    /// <param name="Writer">With one event.</param>
    private sealed record OrderChange(
        OrderOutcome Outcome,
        Order Order,
        string Sql,
        object Parameters,
        ChangeWriter Writer
    )
    {
        public Guid EventId => Writer.Events[0].EventId;

        public OrderResult Written(CoffeeRun run, long outboxId) =>
            new(Outcome, run, Order, [Writer.Events[0] with { OutboxId = outboxId }], Replayed: false);
    }
}
