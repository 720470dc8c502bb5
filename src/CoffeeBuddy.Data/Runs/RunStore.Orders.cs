using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    // A preference counts the orders that stand; the last of them takes its row away, unless it is a favourite.
    private const string ForgetDrink = """
        DELETE FROM user_preferences
        WHERE user_id = @UserId AND order_count = 1 AND pinned_at IS NULL AND lower(drink_type) = lower(@oldDrinkType) AND lower(size) = lower(@oldSize)
          AND md5(lower(customizations)) = md5(lower(@oldCustomizations));
        UPDATE user_preferences SET order_count = order_count - 1
        WHERE user_id = @UserId AND order_count > 0 AND lower(drink_type) = lower(@oldDrinkType) AND lower(size) = lower(@oldSize)
          AND md5(lower(customizations)) = md5(lower(@oldCustomizations));
        """;

    // A run with an order has a deadline, whoever the order is for. Whether nobody can go is decided anew with each order.
    private const string CountOrder = $"""
        UPDATE coffee_runs r
        SET first_order_at = coalesce(r.first_order_at, @now), deadline_at = coalesce(r.deadline_at, @now + coalesce(r.order_window, @OrderWindow::interval)),
            empty_since = NULL, undecided_since = NULL, version = r.version + 1, changed_at = @now
        WHERE r.run_id = @RunId
        RETURNING {RunRow.Columns};
        """;

    // A run without any order waits for a first order again, unless its runner is assigned.
    private const string CountWithdrawal = $"""
        UPDATE coffee_runs r
        SET first_order_at = CASE WHEN others.any_order OR r.runner_user_id IS NOT NULL THEN r.first_order_at END,
            deadline_at = CASE WHEN others.any_order OR r.runner_user_id IS NOT NULL THEN r.deadline_at END,
            empty_since = CASE WHEN others.any_order THEN NULL ELSE @now END,
            undecided_since = CASE WHEN others.any_order THEN r.undecided_since END,
            version = r.version + 1, changed_at = @now
        FROM (SELECT EXISTS (SELECT FROM all_orders WHERE run_id = @RunId) AS any_order) others
        WHERE r.run_id = @RunId
        RETURNING {RunRow.Columns};
        """;

    private const string RememberDrink = """
        INSERT INTO user_preferences AS p (preference_id, user_id, drink_type, size, customizations, order_count, last_ordered_at)
        VALUES (@preferenceId, @UserId, @drinkType, @size, @customizations, 1, @now)
        ON CONFLICT (user_id, lower(drink_type), lower(size), md5(lower(customizations))) DO UPDATE
        SET order_count = p.order_count + 1, last_ordered_at = excluded.last_ordered_at;
        """;

    /// <summary>Stores a person's order, in place of the one that they had in this run. Two round trips.</summary>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    public Task<OrderResult> PlaceOrderAsync(PlaceOrder command, CancellationToken ct)
    {
        var request = RequestOf(command);
        return command.IdempotencyKey is { } key
            ? database.TransactAsync(
                command.RunId,
                (connection, _, token) =>
                    Idempotency.OnceAsync(
                        connection,
                        key,
                        time.Now(),
                        DataJson.Default.OrderResult,
                        () => ChangeLockedOrderAsync(connection, request, token),
                        first => first with { Events = [], Replayed = true },
                        token
                    ),
                ct
            )
            : ChangeOrderAsync(request, ct);
    }

    /// <summary>
    /// Withdraws a person's order. A run without any order waits for a first order again, unless its runner is
    /// assigned: the runner stays.
    /// </summary>
    /// <param name="asOf">When the person asked for it, if that was before now: an order that they placed later
    /// stays.</param>
    public async Task<OrderResult> WithdrawOrderAsync(
        Guid runId,
        string userId,
        string? traceParent,
        CancellationToken ct,
        DateTimeOffset? asOf = null
    )
    {
        var request = new OrderRequest(
            runId,
            userId,
            DisplayName: null,
            (run, own, now) => DecideWithdrawal(run, own.Order, userId, traceParent, asOf, now),
            WithdrawnAt: (asOf ?? time.GetUtcNow()).Cut()
        );
        var result = await ChangeOrderAsync(request, ct);
        return result.Outcome == OrderOutcome.NoOrder && await IsDoubleClickAsync(runId, userId, asOf ?? time.Now(), ct)
            ? result with
            {
                Outcome = OrderOutcome.AlreadyWithdrawn,
            }
            : result;
    }

    private OrderRequest RequestOf(PlaceOrder command) =>
        new(
            command.RunId,
            command.UserId,
            command.DisplayName,
            (run, own, now) => DecidePlacement(command, run, own, now),
            ChannelId: command.ChannelId
        );

    private OrderDecision DecidePlacement(PlaceOrder command, CoffeeRun run, OwnState state, DateTimeOffset now)
    {
        var own = state.Order;
        var drink = command.Drink;
        var note = string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim();
        var otherDrink = own is null || !own.Drink.Equals(drink);
        if (own is not null && !otherDrink && own.Note == note)
            return new(OrderOutcome.Unchanged);
        if (IsNewer(own, command.AsOf) || state.WithdrawnAt > command.AsOf)
            return new(OrderOutcome.Superseded);
        if (state.Menu.Refuse(drink, kept: own?.Drink) is { } refusal)
            return new(OrderOutcome.NotOffered, Refusal: refusal);

        // The deadline counts from when the order is known (now), not from when it was sent: a late order must not end
        // the run for the others.
        var orderedAt = command.AsOf is { } asOf && asOf < now ? asOf.Cut() : now;
        // Each order of a person is confirmed by its time, so no two have the same: workers' clocks may differ, and two
        // clicks may come within a microsecond.
        if (orderedAt <= own?.CreatedAt)
            orderedAt = own.CreatedAt + TimeSpan.FromMicroseconds(1);
        var order = new Order(
            own?.OrderId ?? Guid.CreateVersion7(now),
            run.RunId,
            command.UserId,
            drink,
            note,
            orderedAt
        );

        const string Sql = $"""
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, note, created_at)
            VALUES (@OrderId, @RunId, @UserId, @drinkType, @size, @customizations, @note, @orderedAt)
            ON CONFLICT (run_id, user_id) DO UPDATE
            SET drink_type = excluded.drink_type, size = excluded.size, customizations = excluded.customizations,
                note = excluded.note, created_at = excluded.created_at;

            {CountOrder}

            """;
        var preferences = (own, otherDrink) switch
        {
            (null, _) => RememberDrink,
            (_, true) => ForgetDrink + RememberDrink,
            _ => "",
        };
        var parameters = new
        {
            order.OrderId,
            drink.DrinkType,
            drink.Size,
            customizations = CustomizationsJson.Write(drink.Customizations),
            note,
            now,
            orderedAt,
            _options.OrderWindow,
            preferenceId = Guid.CreateVersion7(now),
            oldDrinkType = own?.Drink.DrinkType,
            oldSize = own?.Drink.Size,
            oldCustomizations = own is null ? null : CustomizationsJson.Write(own.Drink.Customizations),
        };
        var writer = new ChangeWriter(now, command.TraceParent)
            .Audit(
                AuditTypes.OrderPlaced,
                run.RunId,
                command.UserId,
                AuditPayload.Of(run) with
                {
                    OrderId = order.OrderId,
                    Drink = drink,
                    Replaced = otherDrink ? own?.Drink : null,
                }
            )
            .Event(EventTypes.OrderPlaced, EventData.Of(run, command.UserId, order.OrderId));
        return new OrderChange(
            own is null ? OrderOutcome.Placed : OrderOutcome.Replaced,
            order,
            Sql + preferences,
            parameters,
            writer
        );
    }

    private static OrderDecision DecideWithdrawal(
        CoffeeRun run,
        Order? own,
        string userId,
        string? traceParent,
        DateTimeOffset? asOf,
        DateTimeOffset now
    )
    {
        if (own is null)
            return new(OrderOutcome.NoOrder);
        if (IsNewer(own, asOf))
            return new(OrderOutcome.Superseded);

        const string Sql = $"""
            DELETE FROM orders WHERE order_id = @OrderId;
            {ForgetDrink}

            {CountWithdrawal}
            """;
        var parameters = new
        {
            own.OrderId,
            oldDrinkType = own.Drink.DrinkType,
            oldSize = own.Drink.Size,
            oldCustomizations = CustomizationsJson.Write(own.Drink.Customizations),
            now,
        };
        var writer = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.OrderWithdrawn,
                run.RunId,
                userId,
                AuditPayload.Of(run) with
                {
                    OrderId = own.OrderId,
                    Drink = own.Drink,
                }
            )
            .Event(EventTypes.OrderWithdrawn, EventData.Of(run, userId, own.OrderId));
        return new OrderChange(OrderOutcome.Withdrawn, own, Sql, parameters, writer);
    }

    private Task<bool> IsDoubleClickAsync(Guid runId, string userId, DateTimeOffset clickedAt, CancellationToken ct)
    {
        const string Sql = $"""
            SELECT EXISTS (
                SELECT FROM audit_log
                WHERE run_id = @runId AND user_id = @userId AND event_type = '{AuditTypes.OrderWithdrawn}' AND "timestamp" > @since)
            """;
        var parameters = new
        {
            runId,
            userId,
            since = clickedAt - OrderRules.DoubleClick,
        };
        return database.RunAsync(
            (connection, token) => connection.ExecuteScalarAsync<bool>(Command(Sql, parameters, token)),
            ct
        );
    }

    private static bool IsNewer(Order? order, DateTimeOffset? asOf) => order?.CreatedAt > asOf;
}
