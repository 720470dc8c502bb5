using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Inbox;

namespace CoffeeBuddy.Data.Runs;

public sealed partial class RunStore
{
    /// <summary>
    /// Opens a run and orders in it, in a transaction that is rolled back: nothing is stored. Afterwards the
    /// connection, the statements and the code behind them are warm.
    /// </summary>
    public Task RehearseAsync(CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                // Ids of its own: rehearsals at the same time must not wait for each other's locks.
                var id = Guid.NewGuid().ToString("N");
                var latte = new Drink("Latte", "Large");
                var once = new RequestClaim($"rehearsal:{id}", time.Now(), time.Now().AddMinutes(1));
                await using var transaction = await connection.BeginTransactionAsync(token);
                var opened = await OpenAsync(
                    connection,
                    new OpenRun("T0", $"C{id}", $"U{id}", DisplayName: null, TraceParent: null, Once: once),
                    token
                );
                var order = new PlaceOrder(
                    opened.Run.RunId,
                    $"U{id}",
                    DisplayName: null,
                    latte,
                    Note: null,
                    TraceParent: null
                );
                var request = RequestOf(order);
                var (run, own, _) = await ReadOrderAsync(connection, request, lost: null, token);
                if (Decide(request, run, own).Change is { } change)
                    await TryWriteAsync(connection, request, own, change, token);
                await transaction.RollbackAsync(token);
                return true;
            },
            ct
        );
}
