using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    // A preference counts the orders that stand; it goes with the last of them.
    private const string ForgetDrink = """
        DELETE FROM user_preferences
        WHERE user_id = @userId AND order_count = 1 AND lower(drink_type) = lower(@oldDrinkType) AND lower(size) = lower(@oldSize)
          AND md5(lower(customizations)) = md5(lower(@oldCustomizations));
        UPDATE user_preferences SET order_count = order_count - 1
        WHERE user_id = @userId AND order_count > 1 AND lower(drink_type) = lower(@oldDrinkType) AND lower(size) = lower(@oldSize)
          AND md5(lower(customizations)) = md5(lower(@oldCustomizations));
        """;

    private const string RememberDrink = """
        INSERT INTO user_preferences AS p (preference_id, user_id, drink_type, size, customizations, order_count, last_ordered_at)
        VALUES (@preferenceId, @userId, @drinkType, @size, @customizations, 1, @now)
        ON CONFLICT (user_id, lower(drink_type), lower(size), md5(lower(customizations))) DO UPDATE
        SET order_count = p.order_count + 1, last_ordered_at = excluded.last_ordered_at;
        """;

    /// <summary>Stores a person's order, in place of the one they had in this run.</summary>
    /// <exception cref="IdempotencyConflictException">The key was used for a different request.</exception>
    public Task<OrderResult> PlaceOrderAsync(PlaceOrder command, CancellationToken ct) =>
        database.TransactAsync(
            (connection, _, token) =>
                Idempotency.OnceAsync(
                    connection,
                    command.IdempotencyKey,
                    time.Now(),
                    DataJson.Default.OrderResult,
                    () => PlaceAsync(connection, command, token),
                    first => first with { Events = [], Replayed = true },
                    token
                ),
            ct
        );

    /// <summary>
    /// Takes a person's order back. Nobody's order being left, the run waits for a first order again, unless its runner is
    /// assigned: who was chosen stays chosen.
    /// </summary>
    /// <param name="asOf">When the person asked for it, if that was before now: an order that they placed later stays.</param>
    public Task<OrderResult> WithdrawOrderAsync(
        Guid runId,
        string userId,
        string? traceParent,
        CancellationToken ct,
        DateTimeOffset? asOf = null
    ) =>
        database.TransactAsync(
            (connection, _, token) => WithdrawAsync(connection, runId, userId, traceParent, asOf, token),
            ct
        );

    private async Task<OrderResult> PlaceAsync(NpgsqlConnection connection, PlaceOrder command, CancellationToken ct)
    {
        var note = string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim();
        var (run, old) = await LockForOrderAsync(
            connection,
            command.RunId,
            command.UserId,
            command.DisplayName,
            time.Now(),
            ct
        );
        // Not before the run is locked: of two orders at once the one that stands is the later one.
        var now = time.Now();
        if (run is null)
            return await UnseenAsync(
                connection,
                new OrderResult(OrderOutcome.RunNotFound, null, null, [], Replayed: false),
                ct
            );
        if (!RunRules.AcceptsOrders(run))
            return await UnseenAsync(
                connection,
                new OrderResult(OrderOutcome.RunClosed, run, old, [], Replayed: false),
                ct
            );
        if (old is not null && old.Drink.Equals(command.Drink) && old.Note == note)
            return new(OrderOutcome.Unchanged, run, old, [], Replayed: false);
        if (IsNewer(old, command.AsOf))
            return new(OrderOutcome.Superseded, run, old, [], Replayed: false);

        const string Sql = $"""
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, note, created_at)
            VALUES (@orderId, @runId, @userId, @drinkType, @size, @customizations, @note, @orderedAt)
            ON CONFLICT (run_id, user_id) DO UPDATE
            SET drink_type = excluded.drink_type, size = excluded.size, customizations = excluded.customizations,
                note = excluded.note, created_at = excluded.created_at;

            UPDATE coffee_runs r
            SET first_order_at = coalesce(r.first_order_at, @now), deadline_at = coalesce(r.deadline_at, @deadline),
                empty_since = NULL, version = r.version + 1, changed_at = @now
            WHERE r.run_id = @runId
            RETURNING {RunRow.Columns};

            """;
        var drink = command.Drink;
        // The run's clock starts when the order is known, so that whoever is late does not end it for the others.
        var orderedAt = command.AsOf is { } asOf && asOf < now ? asOf.Cut() : now;
        // Each is confirmed by its time. Workers' clocks may differ, and two clicks may share a moment.
        if (orderedAt <= old?.CreatedAt)
            orderedAt = old.CreatedAt + TimeSpan.FromMicroseconds(1);
        var orderId = old?.OrderId ?? Guid.CreateVersion7(now);
        var otherDrink = old is null || !old.Drink.Equals(drink);
        var journal = new ChangeWriter(now, command.TraceParent)
            .Audit(
                AuditTypes.OrderPlaced,
                run.RunId,
                command.UserId,
                AuditPayload.Of(run) with
                {
                    OrderId = orderId,
                    Drink = drink,
                    Replaced = otherDrink ? old?.Drink : null,
                }
            )
            .Event(EventTypes.OrderPlaced, EventData.Of(run, command.UserId, orderId));
        var parameters = journal.With(
            new
            {
                orderId,
                command.RunId,
                command.UserId,
                drink.DrinkType,
                drink.Size,
                customizations = CustomizationsJson.Write(drink.Customizations),
                note,
                now,
                orderedAt,
                deadline = now + _options.OrderWindow,
                preferenceId = Guid.CreateVersion7(now),
                oldDrinkType = old?.Drink.DrinkType,
                oldSize = old?.Drink.Size,
                oldCustomizations = old is null ? null : CustomizationsJson.Write(old.Drink.Customizations),
            }
        );
        var preferences = otherDrink
            ? old is null
                ? RememberDrink
                : ForgetDrink + RememberDrink
            : "";
        await using var results = await connection.QueryMultipleAsync(
            Command(Sql + preferences + ChangeWriter.Sql, parameters, ct)
        );
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(
            old is null ? OrderOutcome.Placed : OrderOutcome.Replaced,
            changed.ToRun(),
            new Order(orderId, run.RunId, command.UserId, drink, note, orderedAt),
            await journal.WrittenAsync(results),
            Replayed: false
        );
    }

    private async Task<OrderResult> WithdrawAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        string? traceParent,
        DateTimeOffset? asOf,
        CancellationToken ct
    )
    {
        var (run, old) = await LockForOrderAsync(connection, runId, userId, displayName: null, time.Now(), ct);
        var now = time.Now();
        if (run is null)
            return await UnseenAsync(
                connection,
                new OrderResult(OrderOutcome.RunNotFound, null, null, [], Replayed: false),
                ct
            );
        if (!RunRules.AcceptsOrders(run))
            return await UnseenAsync(
                connection,
                new OrderResult(OrderOutcome.RunClosed, run, old, [], Replayed: false),
                ct
            );
        if (old is null)
            return new(
                await IsDoubleClickAsync(connection, runId, userId, asOf ?? now, ct)
                    ? OrderOutcome.AlreadyWithdrawn
                    : OrderOutcome.NoOrder,
                run,
                null,
                [],
                Replayed: false
            );
        if (IsNewer(old, asOf))
            return new(OrderOutcome.Superseded, run, old, [], Replayed: false);

        const string Sql = $"""
            DELETE FROM orders WHERE order_id = @OrderId;
            {ForgetDrink}

            UPDATE coffee_runs r
            SET first_order_at = CASE WHEN left_over.any_order OR r.runner_user_id IS NOT NULL THEN r.first_order_at END,
                deadline_at = CASE WHEN left_over.any_order OR r.runner_user_id IS NOT NULL THEN r.deadline_at END,
                empty_since = CASE WHEN left_over.any_order THEN NULL ELSE @now END,
                version = r.version + 1, changed_at = @now
            FROM (SELECT EXISTS (SELECT FROM orders WHERE run_id = @runId) AS any_order) left_over
            WHERE r.run_id = @runId
            RETURNING {RunRow.Columns};

            {ChangeWriter.Sql}
            """;
        var journal = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.OrderWithdrawn,
                runId,
                userId,
                AuditPayload.Of(run) with
                {
                    OrderId = old.OrderId,
                    Drink = old.Drink,
                }
            )
            .Event(EventTypes.OrderWithdrawn, EventData.Of(run, userId, old.OrderId));
        var parameters = journal.With(
            new
            {
                old.OrderId,
                runId,
                userId,
                oldDrinkType = old.Drink.DrinkType,
                oldSize = old.Drink.Size,
                oldCustomizations = CustomizationsJson.Write(old.Drink.Customizations),
                now,
            }
        );
        await using var results = await connection.QueryMultipleAsync(Command(Sql, parameters, ct));
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(OrderOutcome.Withdrawn, changed.ToRun(), old, await journal.WrittenAsync(results), Replayed: false);
    }

    private static Task<bool> IsDoubleClickAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        DateTimeOffset clickedAt,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            SELECT EXISTS (
                SELECT FROM audit_log
                WHERE run_id = @runId AND user_id = @userId AND event_type = '{AuditTypes.OrderWithdrawn}' AND "timestamp" > @since)
            """;
        return connection.ExecuteScalarAsync<bool>(
            Command(
                Sql,
                new
                {
                    runId,
                    userId,
                    since = clickedAt - OrderRules.DoubleClick,
                },
                ct
            )
        );
    }

    private static bool IsNewer(Order? order, DateTimeOffset? asOf) => order?.CreatedAt > asOf;

    private static async Task<(CoffeeRun? Run, Order? Own)> LockForOrderAsync(
        NpgsqlConnection connection,
        Guid runId,
        string userId,
        string? displayName,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            {Unseen}
            {SeeUser}
            {LockRun}
            SELECT {OrderRow.Columns} FROM orders o WHERE o.run_id = @runId AND o.user_id = @userId;
            """;
        await using var results = await connection.QueryMultipleAsync(
            Command(
                Sql,
                new
                {
                    runId,
                    userId,
                    displayName,
                    now,
                },
                ct
            )
        );
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var order = await results.ReadSingleOrDefaultAsync<OrderRow>();
        return (run?.ToRun(), order?.ToOrder());
    }
}
