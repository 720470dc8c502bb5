using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class IdempotencyTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly IdempotencyKey Key = new("key-1", "api", "hash-1");

    [Fact]
    public async Task Opening_again_with_the_key_gives_the_first_answer_whatever_happened_since()
    {
        await OrderAsync((await OpenAsync("U1", "C2")).Run, "U1", Latte);
        var first = await OpenAsync(Key);
        await Runs.CancelAsync(first.Run.RunId, "U1", null, Cancellation);

        var second = await OpenAsync(Key);

        Assert.True(first.Created);
        Assert.True(second.Created);
        Assert.True(second.Replayed);
        Assert.Empty(second.Events);
        Assert.Equal(first.Run, second.Run);
        Assert.Equal([Latte], second.LastDrinks);
        Assert.Equal(1, await CountAsync("coffee_runs WHERE channel_id = 'C1'"));
    }

    [Fact]
    public async Task Ordering_again_with_the_key_gives_the_first_answer_and_changes_nothing()
    {
        var run = (await OpenAsync()).Run;
        var first = await PlaceAsync(run, Key, Latte);
        await OrderAsync(run, "U1", Espresso);

        var second = await PlaceAsync(run, Key, Latte);

        Assert.Equal(
            (first.Outcome, first.Run, first.Order, true),
            (second.Outcome, second.Run, second.Order, second.Replayed)
        );
        Assert.Empty(second.Events);
        Assert.Equal(Espresso, Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders).Drink);
    }

    [Fact]
    public async Task The_key_for_a_different_request_is_a_conflict()
    {
        await OpenAsync(Key);

        await Assert.ThrowsAsync<IdempotencyConflictException>(() =>
            OpenAsync(Key with { RequestHash = "hash-2" }, "C2")
        );

        Assert.Equal(1, await CountAsync("coffee_runs"));
        Assert.Equal(BreakerState.Closed, Database.State);
    }

    [Fact]
    public async Task Another_caller_may_use_the_same_key()
    {
        await OpenAsync(Key);

        Assert.False((await OpenAsync(Key with { Caller = "other", RequestHash = "hash-2" }, "C2")).Replayed);
    }

    [Fact]
    public async Task The_same_request_many_times_at_once_is_done_once()
    {
        var run = (await OpenAsync()).Run;

        var results = await AtOnceAsync(20, _ => PlaceAsync(run, Key, Latte));

        var first = Assert.Single(results, result => !result.Replayed);
        Assert.All(
            results,
            result =>
                Assert.Equal((OrderOutcome.Placed, first.Order, first.Run), (result.Outcome, result.Order, result.Run))
        );
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'order_placed'"));
    }

    [Fact]
    public async Task A_request_that_failed_may_be_tried_again_with_its_key()
    {
        var run = (await OpenAsync()).Run;
        await BreakAsync("audit_log");
        await Assert.ThrowsAsync<PostgresException>(() => PlaceAsync(run, Key, Latte));
        await ExecuteAsync("DROP TRIGGER break_it ON audit_log");

        var result = await PlaceAsync(run, Key, Latte);

        Assert.Equal((OrderOutcome.Placed, false), (result.Outcome, result.Replayed));
    }

    private Task<OpenedRun> OpenAsync(IdempotencyKey key, string channel = Channel) =>
        Runs.OpenOrJoinAsync(new(Workspace, channel, "U1", "Ada", null, key), Cancellation);

    private Task<OrderResult> PlaceAsync(CoffeeRun run, IdempotencyKey key, Drink drink) =>
        Runs.PlaceOrderAsync(new(run.RunId, "U1", null, drink, null, null, key), Cancellation);
}
