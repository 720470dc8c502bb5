using CoffeeBuddy.Core.Orders;
using Dapper;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Change the order that a person has in a run, or place it.</summary>
/// <param name="AsOf">See <see cref="PlaceOrder.AsOf"/>.</param>
public sealed record AmendOrder(
    Guid RunId,
    string UserId,
    DrinkChange Change,
    DateTimeOffset AsOf,
    string? TraceParent = null
);

public sealed partial class RunStore
{
    /// <summary>
    /// Applies a change to the order that the person has when it is written, whatever else has changed it meanwhile. Two
    /// round trips.
    /// </summary>
    public Task<OrderResult> AmendOrderAsync(AmendOrder command, CancellationToken ct) =>
        ChangeOrderAsync(
            new OrderRequest(
                command.RunId,
                command.UserId,
                DisplayName: null,
                (run, own, now) =>
                {
                    if (own.Order is null && !command.Change.CanBeFirst)
                        return new(OrderOutcome.NoOrder);
                    if (command.Change.ApplyTo(own.Order?.Drink, own.Menu) is not { } drink)
                        return new(OrderOutcome.DoesNotFit);
                    var note = command.Change.IsNew ? null : own.Order?.Note;
                    var order = new PlaceOrder(
                        command.RunId,
                        command.UserId,
                        DisplayName: null,
                        drink,
                        note,
                        command.TraceParent,
                        AsOf: command.AsOf
                    );
                    return DecidePlacement(order, run, own, now);
                }
            ),
            ct
        );

    /// <summary>A person's own orders and those for their guests in some runs, the earliest first.</summary>
    public Task<IReadOnlyList<Order>> OrdersOfAsync(
        string userId,
        IReadOnlyCollection<Guid> runIds,
        CancellationToken ct
    ) =>
        database.RunAsync<IReadOnlyList<Order>>(
            async (connection, token) =>
            {
                const string Sql = $"""
                    SELECT {OrderRow.AllColumns} FROM all_orders o
                    WHERE o.run_id = ANY(@runIds) AND o.user_id = @userId ORDER BY o.created_at, o.order_id
                    """;
                var rows = await connection.QueryAsync<OrderRow>(
                    Command(Sql, new { userId, runIds = runIds.ToArray() }, token)
                );
                return [.. rows.Select(row => row.ToOrder())];
            },
            ct
        );
}
