using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

public sealed class AmendTests(PostgresServer server) : DatabaseTest(server)
{
    private static readonly DrinkChange Decaf = new(null, null, ["Decaf"], [], Keeps: true);

    [Fact]
    public async Task A_change_keeps_what_it_does_not_name_and_has_one_effect_however_often_it_is_made()
    {
        var run = (await OpenAsync()).Run;
        await OrderAsync(run, "U1", new Drink("Tea", "Large", ["Sugar"]), "at my desk");
        Time.Advance(TimeSpan.FromSeconds(5));
        var command = new AmendOrder(run.RunId, "U1", Decaf, AsOf: Now);
        Time.Advance(TimeSpan.FromSeconds(5));

        var first = await Runs.AmendOrderAsync(command, Cancellation);
        var again = await Runs.AmendOrderAsync(command, Cancellation);

        Assert.Equal([OrderOutcome.Replaced, OrderOutcome.Unchanged], [first.Outcome, again.Outcome]);
        var order = Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders);
        Assert.Equal(
            (new Drink("Tea", "Large", ["Decaf", "Sugar"]), "at my desk", command.AsOf),
            (order.Drink, order.Note, order.CreatedAt)
        );
        Assert.Equal(2, await CountAsync("audit_log WHERE event_type = 'order_placed'"));
        Assert.Empty(again.Events);
    }

    [Fact]
    public async Task A_new_drink_replaces_the_order_with_its_note_and_needs_none()
    {
        var run = (await OpenAsync()).Run;
        var change = DrinkChange.To(new Drink("Mocha", "Small"));
        var placed = await Runs.AmendOrderAsync(new(run.RunId, "U1", change, Now), Cancellation);
        await OrderAsync(run, "U1", Tea, "hot");
        Time.Advance(TimeSpan.FromSeconds(1));

        var replaced = await Runs.AmendOrderAsync(new(run.RunId, "U1", change, Now), Cancellation);

        Assert.Equal([OrderOutcome.Placed, OrderOutcome.Replaced], [placed.Outcome, replaced.Outcome]);
        Assert.Equal((new Drink("Mocha", "Small"), null), (replaced.Order!.Drink, replaced.Order.Note));
    }

    [Fact]
    public async Task A_change_that_does_not_fit_comes_too_late_or_was_overtaken_changes_nothing()
    {
        var run = (await OpenAsync()).Run;
        var earlier = Now;
        Task<OrderResult> AmendAsync(DrinkChange change, DateTimeOffset asOf) =>
            Runs.AmendOrderAsync(new(run.RunId, "U1", change, asOf), Cancellation);
        var without = await AmendAsync(Decaf, Now);
        Time.Advance(TimeSpan.FromSeconds(5));
        await OrderAsync(run, "U1", Tea);
        var overtaken = await AmendAsync(Decaf, earlier);
        Time.Advance(TimeSpan.FromSeconds(5));
        var other = await AmendAsync(Decaf with { InsteadOfDrink = "Mocha" }, Now);
        await Runs.CancelAsync(run.RunId, "U1", null, Cancellation);
        var late = await AmendAsync(Decaf, Now);

        Assert.Equal(
            [OrderOutcome.NoOrder, OrderOutcome.Superseded, OrderOutcome.DoesNotFit, OrderOutcome.RunClosed],
            [without.Outcome, overtaken.Outcome, other.Outcome, late.Outcome]
        );
        Assert.Equal(Tea, Assert.Single((await Runs.GetAsync(run.RunId, Cancellation))!.Orders).Drink);
        Assert.Equal(1, await CountAsync("audit_log WHERE event_type = 'order_placed'"));
    }

    [Fact]
    public async Task The_orders_of_a_person_are_their_own_and_those_for_guests_in_the_runs_asked_for()
    {
        var run = (await OpenAsync()).Run;
        await OrderAsync(run, "U1", Latte);
        await OrderAsync(run, "U2", Tea);
        Time.Advance(TimeSpan.FromSeconds(1));
        await Runs.PlaceGuestOrderAsync(new(run.RunId, "U1", null, Tea, null), "Dr Grey", Cancellation);

        var orders = await Runs.OrdersOfAsync("U1", [run.RunId, Guid.NewGuid()], Cancellation);

        Assert.Equal([(Latte, null), (Tea, "Dr Grey")], orders.Select(order => (order.Drink, order.Guest)));
        Assert.Empty(await Runs.OrdersOfAsync("U1", [], Cancellation));
    }
}
