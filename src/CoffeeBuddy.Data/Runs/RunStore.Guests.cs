using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Outbox;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    /// <summary>
    /// Stores a person's order for a guest, in place of the one for the guest of the same name. It is no preference of
    /// the person.
    /// </summary>
    /// <param name="guest">The guest's name.</param>
    public Task<OrderResult> PlaceGuestOrderAsync(PlaceOrder command, string guest, CancellationToken ct) =>
        database.TransactAsync(
            command.RunId,
            async (connection, _, token) =>
            {
                const string Read = $"""
                    {Unseen} {SeeUser} {LockRun}
                    SELECT {OrderRow.AllColumns} FROM all_orders o WHERE o.run_id = @RunId AND o.user_id = @UserId;
                    {MenuRow.OfRun}
                    """;
                var now = time.Now();
                var parameters = new
                {
                    command.RunId,
                    command.UserId,
                    command.DisplayName,
                    now,
                };
                CoffeeRun? run;
                List<Order> orders;
                Menu menu;
                await using (var results = await connection.QueryMultipleAsync(Command(Read, parameters, token)))
                {
                    var row = await results.ReadSingleOrDefaultAsync<RunRow>();
                    orders = [.. (await results.ReadAsync<OrderRow>()).Select(order => order.ToOrder())];
                    var menus = await results.ReadAsync<MenuRow>();
                    (run, menu) = (row?.ToRun(), row is null ? _options.Menu : MenuOf(row, menus));
                }
                var note = string.IsNullOrWhiteSpace(command.Note) ? null : command.Note.Trim();
                var before = orders.Find(order => IsFor(order, guest));
                var refused = menu.Refuse(command.Drink, kept: before?.Drink);
                OrderOutcome? refusal = run switch
                {
                    null => OrderOutcome.RunNotFound,
                    _ when command.ChannelId is { } channel && channel != run.ChannelId => OrderOutcome.RunNotFound,
                    _ when ClosedOutcome(run) is { } closed => closed,
                    _ when before is not null && before.Drink.Equals(command.Drink) && before.Note == note =>
                        OrderOutcome.Unchanged,
                    _ when before is null && orders.Count(order => order.Guest is not null) >= Order.MaxGuests =>
                        OrderOutcome.TooManyGuests,
                    _ when refused is not null => OrderOutcome.NotOffered,
                    _ => null,
                };
                if (refusal is { } outcome)
                    return await UnseenAsync(
                        connection,
                        new OrderResult(
                            outcome,
                            outcome == OrderOutcome.RunNotFound ? null : run,
                            before,
                            [],
                            Replayed: false,
                            outcome == OrderOutcome.NotOffered ? refused : null
                        ),
                        token
                    );

                // A person's orders are confirmed by the time of the latest, so no two have the same.
                var latest = orders.Select(order => order.CreatedAt).DefaultIfEmpty().Max();
                var order = new Order(
                    before?.OrderId ?? Guid.CreateVersion7(now),
                    command.RunId,
                    command.UserId,
                    command.Drink,
                    note,
                    now > latest ? now : latest + TimeSpan.FromMicroseconds(1),
                    guest
                );
                return await WriteGuestOrderAsync(connection, run!, order, before, now, command.TraceParent, token);
            },
            ct
        );

    /// <summary>Withdraws a person's order for a guest.</summary>
    public Task<OrderResult> WithdrawGuestOrderAsync(
        Guid orderId,
        string userId,
        string? traceParent,
        CancellationToken ct
    ) =>
        database.TransactAsync(
            async (connection, _, token) =>
            {
                const string Read = $"""
                    SELECT {RunRow.Columns} FROM coffee_runs r
                    WHERE r.run_id = (SELECT g.run_id FROM guest_orders g WHERE g.order_id = @orderId AND g.user_id = @userId) FOR NO KEY UPDATE;
                    SELECT {OrderRow.AllColumns} FROM all_orders o WHERE o.order_id = @orderId AND o.user_id = @userId;
                    """;
                var (run, orders) = await ReadOrdersAsync(connection, Read, new { orderId, userId }, token);
                if (run is null || orders is not [{ } order])
                    return new OrderResult(OrderOutcome.NoOrder, run, Order: null, [], Replayed: false);
                if (ClosedOutcome(run) is { } closed)
                    return new OrderResult(closed, run, order, [], Replayed: false);

                var now = time.Now();
                var writer = new ChangeWriter(now, traceParent)
                    .Audit(
                        AuditTypes.OrderWithdrawn,
                        run.RunId,
                        userId,
                        AuditPayload.Of(run) with
                        {
                            OrderId = orderId,
                            Drink = order.Drink,
                            ForGuest = true,
                        }
                    )
                    .Event(EventTypes.OrderWithdrawn, EventData.Of(run, userId, orderId));
                const string Sql =
                    $"DELETE FROM guest_orders WHERE order_id = @orderId; {CountWithdrawal} {ChangeWriter.Sql}";
                var parameters = new
                {
                    orderId,
                    run.RunId,
                    now,
                };
                return await WriteOrderAsync(connection, Sql, parameters, writer, OrderOutcome.Withdrawn, order, token);
            },
            ct
        );

    private Task<OrderResult> WriteGuestOrderAsync(
        NpgsqlConnection connection,
        CoffeeRun run,
        Order order,
        Order? before,
        DateTimeOffset now,
        string? traceParent,
        CancellationToken ct
    )
    {
        const string Sql = $"""
            INSERT INTO guest_orders (order_id, run_id, user_id, guest_name, drink_type, size, customizations, note, created_at)
            VALUES (@OrderId, @RunId, @UserId, @Guest, @DrinkType, @Size, @customizations, @Note, @CreatedAt)
            ON CONFLICT (run_id, user_id, lower(guest_name)) DO UPDATE
            SET drink_type = excluded.drink_type, size = excluded.size, customizations = excluded.customizations,
                note = excluded.note, created_at = excluded.created_at, guest_name = excluded.guest_name;

            {CountOrder}

            {ChangeWriter.Sql}
            """;
        var writer = new ChangeWriter(now, traceParent)
            .Audit(
                AuditTypes.OrderPlaced,
                run.RunId,
                order.UserId,
                AuditPayload.Of(run) with
                {
                    OrderId = order.OrderId,
                    Drink = order.Drink,
                    Replaced = before is not null && !before.Drink.Equals(order.Drink) ? before.Drink : null,
                    ForGuest = true,
                }
            )
            .Event(EventTypes.OrderPlaced, EventData.Of(run, order.UserId, order.OrderId));
        var parameters = new
        {
            order.OrderId,
            order.RunId,
            order.UserId,
            order.Guest,
            order.Drink.DrinkType,
            order.Drink.Size,
            customizations = CustomizationsJson.Write(order.Drink.Customizations),
            order.Note,
            order.CreatedAt,
            now,
            _options.OrderWindow,
        };
        return WriteOrderAsync(
            connection,
            Sql,
            parameters,
            writer,
            before is null ? OrderOutcome.Placed : OrderOutcome.Replaced,
            order,
            ct
        );
    }

    private static async Task<OrderResult> WriteOrderAsync(
        NpgsqlConnection connection,
        string sql,
        object parameters,
        ChangeWriter writer,
        OrderOutcome outcome,
        Order order,
        CancellationToken ct
    )
    {
        await using var results = await connection.QueryMultipleAsync(Command(sql, writer.With(parameters), ct));
        var changed = await results.ReadSingleAsync<RunRow>();
        return new(outcome, changed.ToRun(), order, await writer.WrittenAsync(results), Replayed: false);
    }

    private static async Task<(CoffeeRun? Run, IReadOnlyList<Order> Orders)> ReadOrdersAsync(
        NpgsqlConnection connection,
        string sql,
        object parameters,
        CancellationToken ct
    )
    {
        await using var results = await connection.QueryMultipleAsync(Command(sql, parameters, ct));
        var run = await results.ReadSingleOrDefaultAsync<RunRow>();
        var orders = await results.ReadAsync<OrderRow>();
        return (run?.ToRun(), [.. orders.Select(row => row.ToOrder())]);
    }

    private static bool IsFor(Order order, string guest) =>
        string.Equals(order.Guest, guest, StringComparison.OrdinalIgnoreCase);
}
