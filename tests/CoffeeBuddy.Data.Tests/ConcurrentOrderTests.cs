using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Orders beside other changes, and orders whose connection breaks.</summary>
public sealed class ConcurrentOrderTests(PostgresServer server) : DatabaseTest(server), IAsyncLifetime
{
    private CountingRelay _relay = null!;
    private RunStore _far = null!;

    async ValueTask IAsyncLifetime.InitializeAsync()
    {
        await InitializeAsync();
        var direct = new NpgsqlConnectionStringBuilder(ConnectionString);
        _relay = new CountingRelay(direct.Port);
        direct.Port = _relay.Port;
        _far = new RunStore(
            Connect(direct.ConnectionString),
            Time,
            Microsoft.Extensions.Options.Options.Create(Options)
        );
        await _far.GetAsync(Guid.NewGuid(), Cancellation); // Connects.
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await _relay.DisposeAsync();
    }

    [Fact]
    public async Task Ordering_and_withdrawing_take_two_round_trips_each()
    {
        var run = (await OpenAsync()).Run;

        _relay.Reset();
        await FarOrderAsync(run, "U1", Latte);
        Assert.Equal(2, _relay.RoundTrips);
        _relay.Reset();
        await _far.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation);
        Assert.Equal(2, _relay.RoundTrips);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task An_order_whose_worker_is_slow_between_two_commands_holds_up_no_other_order_of_the_run(int answer)
    {
        var run = (await OpenAsync()).Run;
        var (held, release) = _relay.HoldNextAnswer(after: answer);
        var slow = FarOrderAsync(run, "U1", Latte);
        await held;

        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U2")).Outcome);
        Assert.False(slow.IsCompleted);

        release.SetResult();
        Assert.Equal(OrderOutcome.Placed, (await slow).Outcome);
        Assert.Equal(2, await CountAsync("orders"));
    }

    [Fact]
    public async Task An_order_that_was_stored_although_its_answer_was_lost_is_found_and_not_stored_twice()
    {
        var run = (await OpenAsync()).Run;

        _relay.LoseNextAnswer(after: 1);
        var placed = await FarOrderAsync(run, "U1", Latte);

        Assert.Equal(OrderOutcome.Placed, placed.Outcome);
        Assert.Equal(placed.Order, Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders));
        Assert.Equal(run.Version + 1, (await ReadAsync(run)).Version);
        Assert.Equal(
            [placed.Events.Single().OutboxId],
            await QueryAsync<long>("SELECT outbox_id FROM outbox WHERE event_type = 'coffee.order.placed'")
        );
    }

    [Fact]
    public async Task A_withdrawal_that_was_made_although_its_answer_was_lost_is_found()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        _relay.LoseNextAnswer(after: 1);
        var withdrawn = await _far.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation);

        Assert.Equal((OrderOutcome.Withdrawn, 1), (withdrawn.Outcome, withdrawn.Events.Count));
        Assert.Equal(run.Version + 1, (await ReadAsync(run)).Version);
    }

    [Fact]
    public async Task An_order_whose_run_is_closed_in_between_is_refused_and_leaves_no_trace()
    {
        var run = (await OpenAsync()).Run;
        var (held, release) = _relay.HoldNextAnswer();
        var late = FarOrderAsync(run, "U2", Latte);
        await held;
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);
        release.SetResult();

        Assert.Equal((OrderOutcome.RunClosed, RunStatus.Cancelled), ((await late).Outcome, (await late).Run!.Status));
        Assert.Equal(0, await CountAsync("orders") + await CountAsync("users WHERE user_id = 'U2'"));
    }

    [Fact]
    public async Task A_change_is_made_to_the_order_that_was_stored_in_between()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        var (held, release) = _relay.HoldNextAnswer();
        Time.Advance(TimeSpan.FromSeconds(1));
        var change = new DrinkChange(null, "Small", [], [], Keeps: true);
        var changed = _far.AmendOrderAsync(new(run.RunId, "U1", change, Now.AddSeconds(1)), Cancellation);
        await held;
        await OrderAsync(run, "U1", Tea);
        Time.Advance(TimeSpan.FromSeconds(1));
        release.SetResult();

        Assert.Equal(new Drink(Tea.DrinkType, "Small", Tea.Customizations), (await changed).Order!.Drink);
    }

    [Fact]
    public async Task The_later_written_of_two_orders_of_one_person_replaces_the_other()
    {
        var run = (await OpenAsync()).Run;
        var (held, release) = _relay.HoldNextAnswer();
        var late = FarOrderAsync(run, "U1", Tea);
        await held;
        await OrderAsync(run, "U1", Latte);
        Time.Advance(TimeSpan.FromSeconds(1));
        release.SetResult();

        Assert.Equal((OrderOutcome.Replaced, Now), ((await late).Outcome, (await late).Order!.CreatedAt));
        Assert.Equal(
            [(Tea, 1)],
            (await Preferences.LastAsync("U1", 3, Cancellation)).Select(known => (known.Drink, known.OrderCount))
        );
    }

    [Fact]
    public async Task An_order_that_always_finds_its_run_changed_is_made_under_the_lock_of_the_run()
    {
        var run = (await OpenAsync()).Run;
        await ExecuteAsync(
            """
            CREATE SEQUENCE checks;
            CREATE OR REPLACE FUNCTION require_unchanged(unchanged BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
            BEGIN IF nextval('checks') <= 3 THEN RAISE EXCEPTION 'changed' USING ERRCODE = 'CB001'; END IF; END $$;
            """
        );

        Assert.Equal(OrderOutcome.Placed, (await OrderAsync(run, "U1")).Outcome);
        Assert.Equal(4, await QueryAsync<long>("SELECT last_value FROM checks").ContinueWith(read => read.Result[0]));
    }

    [Fact]
    public async Task Orders_of_many_people_at_once_are_all_stored_and_counted()
    {
        var run = (await OpenAsync()).Run;

        await AtOnceAsync(100, index => OrderAsync(run, $"U{index}"));

        Assert.Equal(100, await CountAsync("orders"));
        Assert.Equal(run.Version + 100, (await ReadAsync(run)).Version);
        Assert.Equal(100, await CountAsync("audit_log WHERE event_type = 'order_placed'"));
        Assert.Equal(100, await CountAsync("outbox WHERE event_type = 'coffee.order.placed'"));
    }

    private Task<OrderResult> FarOrderAsync(CoffeeRun run, string user, Drink drink) =>
        _far.PlaceOrderAsync(
            new(run.RunId, user, DisplayName: null, drink, Note: null, TraceParent: null),
            Cancellation
        );
}
