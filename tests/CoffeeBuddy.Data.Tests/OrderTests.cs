using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Runs;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

public sealed class OrderTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_first_order_starts_the_clock_of_the_run()
    {
        var run = (await OpenAsync()).Run;
        Time.Advance(TimeSpan.FromSeconds(30));

        var result = await OrderAsync(run, "U2", Latte, "  extra hot ");

        Assert.Equal(OrderOutcome.Placed, result.Outcome);
        Assert.Equal(
            (Now, Now + Options.OrderWindow, 2),
            (result.Run!.FirstOrderAt, result.Run.DeadlineAt, result.Run.Version)
        );
        var details = await Runs.GetAsync(run.RunId, Cancellation);
        Assert.Equal(result.Run, details!.Run);
        Assert.Equal(result.Order, Assert.Single(details.Orders));
        Assert.Equal((Latte, "extra hot", Now), (result.Order!.Drink, result.Order.Note, result.Order.CreatedAt));
        var placed = Assert.Single(result.Events);
        Assert.Equal((Topics.Orders, EventTypes.OrderPlaced), (placed.Topic, placed.EventType));
        Assert.Equal(
            new EventData(run.RunId, Workspace, Channel, "U2", result.Order.OrderId),
            EventData.Parse(placed.Data)
        );
    }

    [Fact]
    public async Task Later_orders_do_not_move_the_deadline()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(1));

        var second = await OrderAsync(run, "U2");

        Assert.Equal((run.FirstOrderAt, run.DeadlineAt), (second.Run!.FirstOrderAt, second.Run.DeadlineAt));
    }

    [Fact]
    public async Task A_second_order_of_a_person_replaces_the_first()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(1));

        var result = await OrderAsync(run, "U1", Espresso);

        Assert.Equal(OrderOutcome.Replaced, result.Outcome);
        var order = Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders);
        Assert.Equal((result.Order!.OrderId, Espresso, Now), (order.OrderId, order.Drink, order.CreatedAt));
        Assert.Single(result.Events);
    }

    [Fact]
    public async Task Two_orders_at_the_same_moment_get_different_times_and_the_later_is_kept()
    {
        var run = (await OpenAsync()).Run;

        var first = await OrderAsync(run, "U1", Latte);
        var second = await OrderAsync(run, "U1", Tea);

        Assert.True(second.Order!.CreatedAt > first.Order!.CreatedAt);
        Assert.Equal(second.Order, Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders));
    }

    [Fact]
    public async Task An_order_that_waited_for_others_of_its_run_was_placed_when_its_turn_came()
    {
        var run = (await OpenAsync()).Run;
        await using var other = new NpgsqlConnection(ConnectionString);
        await other.OpenAsync(Cancellation);
        var transaction = await other.BeginTransactionAsync(Cancellation);
        await other.ExecuteAsync("SELECT FROM coffee_runs FOR UPDATE");

        var waiting = OrderAsync(run, "U1");
        while (await CountAsync("pg_locks WHERE NOT granted") == 0)
            await Task.Yield();
        Time.Advance(TimeSpan.FromSeconds(2));
        await transaction.CommitAsync(Cancellation);

        Assert.Equal(Now, (await waiting).Order!.CreatedAt);
    }

    [Fact]
    public async Task The_same_order_again_changes_nothing_and_sends_no_event()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        var result = await OrderAsync(run, "U1", new Drink("LATTE", "large", ["oat milk"]));

        Assert.Equal(OrderOutcome.Unchanged, result.Outcome);
        Assert.Empty(result.Events);
        Assert.Equal(run, await ReadAsync(run));
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'order_placed'"));
    }

    [Fact]
    public async Task An_order_that_was_long_on_its_way_does_not_replace_a_newer_one()
    {
        var run = (await OpenAsync()).Run;
        var earlier = Now;
        Time.Advance(TimeSpan.FromSeconds(30));
        run = (await OrderAsync(run, "U1", Tea)).Run!;

        var late = await Runs.PlaceOrderAsync(
            new(run.RunId, "U1", null, Latte, null, null, AsOf: earlier),
            Cancellation
        );

        Assert.Equal((OrderOutcome.Superseded, Tea), (late.Outcome, late.Order!.Drink));
        Assert.Empty(late.Events);
        Assert.Equal(run, await ReadAsync(run));
        Assert.Equal([(Tea, 1)], await LastAsync("U1"));
    }

    [Fact]
    public async Task The_last_of_several_late_orders_is_kept_and_the_run_starts_when_they_arrive()
    {
        var run = (await OpenAsync()).Run;
        var (first, second) = (Now.AddSeconds(1), Now.AddSeconds(2));
        Time.Advance(TimeSpan.FromMinutes(1));

        await Runs.PlaceOrderAsync(new(run.RunId, "U1", null, Latte, null, null, AsOf: first), Cancellation);
        var last = await Runs.PlaceOrderAsync(new(run.RunId, "U1", null, Tea, null, null, AsOf: second), Cancellation);

        Assert.Equal((OrderOutcome.Replaced, Tea, second), (last.Outcome, last.Order!.Drink, last.Order.CreatedAt));
        Assert.Equal(Now, last.Run!.FirstOrderAt);
        Assert.Equal(last.Order, Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders));
    }

    [Fact]
    public async Task An_order_of_the_future_was_placed_now()
    {
        var run = (await OpenAsync()).Run;

        var placed = await Runs.PlaceOrderAsync(
            new(run.RunId, "U1", null, Latte, null, null, AsOf: Now.AddMinutes(1)),
            Cancellation
        );

        Assert.Equal(Now, placed.Order!.CreatedAt);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_order_written_before_its_withdrawal_is_not_restored_when_it_arrives_later(bool arrivedBefore)
    {
        var run = (await OpenAsync()).Run;
        var (written, withdrawn) = (Now, Now.AddSeconds(2));
        Time.Advance(TimeSpan.FromSeconds(10));
        var order = new PlaceOrder(run.RunId, "U1", null, Latte, null, null, AsOf: written);
        if (arrivedBefore)
            await Runs.PlaceOrderAsync(order, Cancellation);
        await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation, asOf: withdrawn);

        Assert.Equal(OrderOutcome.Superseded, (await Runs.PlaceOrderAsync(order, Cancellation)).Outcome);
        Assert.Equal(0, await CountAsync("orders"));

        var next = await Runs.PlaceOrderAsync(order with { AsOf = withdrawn.AddSeconds(1) }, Cancellation);
        Assert.Equal(OrderOutcome.Placed, next.Outcome);
    }

    [Fact]
    public async Task A_withdrawal_in_one_run_does_not_concern_the_next()
    {
        var run = (await OpenAsync()).Run;
        await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation, asOf: Now.AddSeconds(5));
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);
        var next = (await OpenAsync()).Run;

        var order = new PlaceOrder(next.RunId, "U1", null, Latte, null, null, AsOf: Now);
        Assert.Equal(OrderOutcome.Placed, (await Runs.PlaceOrderAsync(order, Cancellation)).Outcome);
    }

    [Fact]
    public async Task A_withdrawal_that_was_long_on_its_way_leaves_a_newer_order_alone()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromSeconds(30));
        var clicked = Now;
        Time.Advance(TimeSpan.FromSeconds(30));
        run = (await OrderAsync(run, "U1", Tea)).Run!;

        var late = await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation, asOf: clicked);
        Assert.Equal((OrderOutcome.Superseded, run), (late.Outcome, await ReadAsync(run)));
        Assert.Empty(late.Events);

        Assert.Equal(
            OrderOutcome.Withdrawn,
            (await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation, asOf: Now)).Outcome
        );
    }

    [Fact]
    public async Task Another_note_replaces_the_order_and_counts_the_drink_once()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        var result = await OrderAsync(run, "U1", Latte, "to my desk");

        Assert.Equal(OrderOutcome.Replaced, result.Outcome);
        Assert.Equal("to my desk", Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders).Note);
        Assert.Equal([(Latte, 1)], await LastAsync("U1"));
    }

    [Fact]
    public async Task Nothing_can_be_ordered_in_a_closed_run()
    {
        var run = (await OpenAsync()).Run;
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);

        var result = await OrderAsync(run, "U2");

        Assert.Equal((OrderOutcome.RunClosed, RunStatus.Cancelled), (result.Outcome, result.Run!.Status));
        Assert.Equal(0, await CountAsync("orders") + await CountAsync("user_preferences"));
    }

    [Fact]
    public async Task Nothing_can_be_ordered_in_a_run_that_is_not_there()
    {
        var result = await Runs.PlaceOrderAsync(new(Guid.NewGuid(), "U1", null, Latte, null, null), Cancellation);

        Assert.Equal((OrderOutcome.RunNotFound, null, null), (result.Outcome, result.Run, result.Order));
    }

    [Fact]
    public async Task An_order_after_the_assignment_still_counts()
    {
        var run = await AssignedAsync(Channel, "U1");

        var result = await OrderAsync(run, "U2");

        Assert.Equal((OrderOutcome.Placed, run.RunnerUserId), (result.Outcome, result.Run!.RunnerUserId));
        Assert.Equal(run.RunnerUserId, EventData.Parse(Assert.Single(result.Events).Data).RunnerUserId);
    }

    [Fact]
    public async Task The_last_three_drinks_are_remembered_the_latest_first()
    {
        foreach (
            var (channel, drink) in new[]
            {
                ("C1", Latte),
                ("C2", Espresso),
                ("C3", Latte),
                ("C4", Tea),
                ("C5", new Drink("Mocha", "Small")),
            }
        )
        {
            await OrderAsync((await OpenAsync("U1", channel)).Run, "U1", drink);
            Time.Advance(TimeSpan.FromDays(1));
        }

        Assert.Equal([(new Drink("Mocha", "Small"), 1), (Tea, 1), (Latte, 2)], await LastAsync("U1"));
    }

    [Fact]
    public async Task A_replaced_drink_is_not_counted_and_forgotten_when_it_was_the_only_one()
    {
        await OrderAsync((await OpenAsync("U1", "C1")).Run, "U1", Latte);
        Time.Advance(TimeSpan.FromMinutes(1));
        var run = (await OpenAsync("U1", "C2")).Run;
        await OrderAsync(run, "U1", Latte);
        Assert.Equal([(Latte, 2)], await LastAsync("U1"));

        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U1", Espresso);
        Assert.Equal([(Espresso, 1), (Latte, 1)], await LastAsync("U1"));

        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U1", Tea);
        Assert.Equal([(Tea, 1), (Latte, 1)], await LastAsync("U1"));
    }

    [Fact]
    public async Task A_drink_with_ten_long_customizations_is_remembered()
    {
        var words = Enumerable
            .Range(0, 10)
            .Select(index => $"{index}" + new string('ü', Drink.MaxCustomizationLength - 1));
        var drink = new Drink(new string('é', Drink.MaxDrinkTypeLength), new string('ß', Drink.MaxSizeLength), words);

        var result = await OrderAsync((await OpenAsync()).Run, "U1", drink, new string('ñ', Order.MaxNoteLength));

        Assert.Equal(OrderOutcome.Placed, result.Outcome);
        Assert.Equal([(drink, 1)], await LastAsync("U1"));
    }

    [Fact]
    public async Task Customizations_are_stored_as_a_readable_json_array()
    {
        await OrderAsync(
            (await OpenAsync()).Run,
            "U1",
            new Drink("Café crème", "Small", ["Süßstoff", "Extra \"hot\""])
        );

        Assert.Equal(
            ["""["Extra \"hot\"","Süßstoff"]"""],
            await QueryAsync<string>("SELECT customizations FROM orders")
        );
    }

    [Fact]
    public async Task Withdrawing_takes_the_order_and_its_preference_back()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1", "U2");

        var result = await Runs.WithdrawOrderAsync(run.RunId, "U2", traceParent: null, Cancellation);

        Assert.Equal((OrderOutcome.Withdrawn, "U2"), (result.Outcome, result.Order!.UserId));
        Assert.Equal(["U1"], (await Runs.GetAsync(run.RunId, Cancellation))!.Orders.Select(order => order.UserId));
        Assert.Equal((run.FirstOrderAt, run.Version + 1), (result.Run!.FirstOrderAt, result.Run.Version));
        Assert.Empty(await LastAsync("U2"));
        Assert.Equal(EventTypes.OrderWithdrawn, Assert.Single(result.Events).EventType);
    }

    [Fact]
    public async Task The_last_order_withdrawn_leaves_a_run_that_waits_for_a_first_order_again()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        Time.Advance(TimeSpan.FromMinutes(20));

        var result = await Runs.WithdrawOrderAsync(run.RunId, "U1", traceParent: null, Cancellation);

        Assert.Null(result.Run!.FirstOrderAt);
        Assert.Null(result.Run.DeadlineAt);
        Assert.Empty(await Sweeps.CancelEmptyRunsAsync(10, Cancellation));
        Time.Advance(Options.EmptyRunTimeout);
        Assert.Single(await Sweeps.CancelEmptyRunsAsync(10, Cancellation));
    }

    [Fact]
    public async Task A_runner_who_withdraws_their_order_is_still_the_runner()
    {
        var run = await AssignedAsync(Channel, "U1");

        var result = await Runs.WithdrawOrderAsync(run.RunId, "U1", traceParent: null, Cancellation);

        Assert.Equal(
            (OrderOutcome.Withdrawn, "U1", run.FirstOrderAt),
            (result.Outcome, result.Run!.RunnerUserId, result.Run.FirstOrderAt)
        );
        Time.Advance(Options.EmptyRunTimeout * 2);
        Assert.Empty(await Sweeps.CancelEmptyRunsAsync(10, Cancellation));
    }

    [Fact]
    public async Task Withdrawing_again_is_a_double_click_for_ten_seconds()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await Runs.WithdrawOrderAsync(run.RunId, "U1", traceParent: null, Cancellation);
        var withdrawn = Now;
        Time.Advance(TimeSpan.FromMinutes(1));

        var together = await Runs.WithdrawOrderAsync(
            run.RunId,
            "U1",
            null,
            Cancellation,
            asOf: withdrawn.AddSeconds(-1)
        );
        var soon = await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation, asOf: withdrawn.AddSeconds(9));
        var later = await Runs.WithdrawOrderAsync(run.RunId, "U1", null, Cancellation);

        Assert.Equal(
            (OrderOutcome.AlreadyWithdrawn, OrderOutcome.AlreadyWithdrawn, OrderOutcome.NoOrder),
            (together.Outcome, soon.Outcome, later.Outcome)
        );
    }

    [Fact]
    public async Task Withdrawing_nothing_changes_nothing()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        var none = await Runs.WithdrawOrderAsync(run.RunId, "U2", traceParent: null, Cancellation);
        var nowhere = await Runs.WithdrawOrderAsync(Guid.NewGuid(), "U2", traceParent: null, Cancellation);

        Assert.Equal((OrderOutcome.NoOrder, OrderOutcome.RunNotFound), (none.Outcome, nowhere.Outcome));
        Assert.Equal(run, await ReadAsync(run));
    }

    [Fact]
    public async Task An_order_cannot_be_withdrawn_from_a_closed_run()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);

        var result = await Runs.WithdrawOrderAsync(run.RunId, "U1", traceParent: null, Cancellation);

        Assert.Equal(OrderOutcome.RunClosed, result.Outcome);
        Assert.Equal(1, await CountAsync("orders"));
    }

    [Fact]
    public async Task One_person_ordering_from_many_places_at_once_has_one_order()
    {
        var run = (await OpenAsync()).Run;
        var drinks = new[] { Latte, Espresso, Tea };

        await AtOnceAsync(30, index => OrderAsync(run, "U1", drinks[index % 3]));

        var order = Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders);
        Assert.Equal([(order.Drink, 1)], await LastAsync("U1"));
    }

    private async Task<IEnumerable<(Drink, int)>> LastAsync(string user) =>
        (await Preferences.LastAsync(user, 3, Cancellation)).Select(preference =>
            (preference.Drink, preference.OrderCount)
        );
}
