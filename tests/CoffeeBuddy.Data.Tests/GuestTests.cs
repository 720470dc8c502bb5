using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Orders for guests, and favourites.</summary>
public sealed class GuestTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_order_for_a_guest_is_beside_the_persons_own_and_the_same_name_replaces_it()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");

        var placed = await GuestAsync(run, "Grey", Tea);
        var replaced = await GuestAsync(run, "GREY", Latte);
        var unchanged = await GuestAsync(run, "GREY", Latte);

        Assert.Equal(
            [OrderOutcome.Placed, OrderOutcome.Replaced, OrderOutcome.Unchanged],
            [placed.Outcome, replaced.Outcome, unchanged.Outcome]
        );
        Assert.Equal("coffee.order.placed", Assert.Single(replaced.Events).EventType);
        Assert.Empty(unchanged.Events);
        var orders = (await Runs.GetAsync(run.RunId, Cancellation))!.Orders;
        Assert.Equal([(null, Latte), ("GREY", Latte)], orders.Select(order => (order.Guest, order.Drink)));
        Assert.True(orders[1].CreatedAt > orders[0].CreatedAt);
        Assert.Equal(1, Assert.Single(await Preferences.LastAsync("U1", 3, Cancellation)).OrderCount);
    }

    [Fact]
    public async Task The_first_order_for_a_guest_starts_the_order_window_and_its_person_can_be_the_runner()
    {
        var run = (await OpenAsync("U1")).Run;
        var placed = await GuestAsync(run, "Grey", Tea);
        Assert.Equal(Time.GetUtcNow() + Options.OrderWindow, placed.Run!.DeadlineAt);

        Time.Advance(Options.OrderWindow);
        var assigned = await AssignAsync(run);

        Assert.Equal("U1", assigned.Run!.RunnerUserId);
    }

    [Fact]
    public async Task Only_the_person_who_ordered_for_the_guest_withdraws_it_and_an_empty_run_waits_again()
    {
        var run = (await OpenAsync("U1")).Run;
        var order = (await GuestAsync(run, "Grey", Tea)).Order!;

        var foreign = await Runs.WithdrawGuestOrderAsync(order.OrderId, "U2", traceParent: null, Cancellation);
        Assert.Equal(OrderOutcome.NoOrder, foreign.Outcome);
        var own = await Runs.WithdrawGuestOrderAsync(order.OrderId, "U1", traceParent: null, Cancellation);

        Assert.Equal((OrderOutcome.Withdrawn, null), (own.Outcome, own.Run!.DeadlineAt));
        Assert.Empty((await Runs.GetAsync(run.RunId, Cancellation))!.Orders);
        var again = await Runs.WithdrawGuestOrderAsync(order.OrderId, "U1", traceParent: null, Cancellation);
        Assert.Equal(OrderOutcome.NoOrder, again.Outcome);
    }

    [Fact]
    public async Task A_run_that_is_over_or_of_another_channel_takes_no_order_for_a_guest()
    {
        var run = (await OpenAsync("U1")).Run;
        var other = await Runs.PlaceGuestOrderAsync(
            new(run.RunId, "U7", DisplayName: null, Tea, Note: null, ChannelId: "C9"),
            "Grey",
            Cancellation
        );
        await Runs.CancelAsync(run.RunId, "U1", traceParent: null, Cancellation);

        var late = await GuestAsync(run, "Grey", Tea);

        Assert.Equal([OrderOutcome.RunNotFound, OrderOutcome.RunClosed], [other.Outcome, late.Outcome]);
        Assert.Equal(0, await CountAsync("guest_orders"));
        Assert.Equal(0, await CountAsync("users WHERE user_id = 'U7'"));
    }

    [Fact]
    public async Task Of_a_deleted_person_the_names_of_their_guests_are_not_kept()
    {
        var run = (await OpenAsync("U1")).Run;
        await GuestAsync(run, "Grey", Tea, note: "no sugar for Dr Grey");
        Assert.Null(await Users.DeleteAsync("U1", Cancellation));
        await Runs.CancelAsync(run.RunId, "U1", traceParent: null, Cancellation);

        Assert.NotNull(await Users.DeleteAsync("U1", Cancellation));

        Assert.Equal(
            1,
            await CountAsync(
                "guest_orders WHERE user_id LIKE 'deleted-%' AND guest_name NOT LIKE '%Grey%' AND note IS NULL"
            )
        );
        Assert.Equal(0, await CountAsync("audit_log WHERE payload::text LIKE '%Grey%'"));
    }

    [Fact]
    public async Task A_favourite_is_offered_first_and_stays_when_its_order_is_withdrawn()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        var latte = Assert.Single(await Preferences.OfferedAsync("U1", 3, Cancellation)).PreferenceId;
        Assert.True(await Preferences.PinAsync("U1", latte, Cancellation));
        Assert.True(await Preferences.RenameAsync("U1", latte, "Monday", Cancellation));
        Time.Advance(TimeSpan.FromMinutes(1));
        await OrderAsync(run, "U1", Tea);

        Assert.Equal(
            [(Latte, 0, true, "Monday"), (Tea, 1, false, null)],
            (await Preferences.OfferedAsync("U1", 3, Cancellation)).Select(offered =>
                (offered.Drink, offered.OrderCount, offered.IsFavourite, offered.Name)
            )
        );
        Assert.Equal([Tea], (await Preferences.LastAsync("U1", 3, Cancellation)).Select(last => last.Drink));
        Assert.Equal(Latte, (await OpenAsync("U1")).LastDrinks[0]);

        Assert.True(await Preferences.UnpinAsync("U1", latte, Cancellation));
        Assert.Equal([Tea], (await Preferences.OfferedAsync("U1", 3, Cancellation)).Select(offered => offered.Drink));
    }

    [Fact]
    public async Task Nobody_changes_the_drinks_of_somebody_else_and_there_are_at_most_ten_favourites()
    {
        var run = await OpenWithOrdersAsync(Channel, "U1");
        for (var number = 0; number <= MaxFavourites; number++)
            await OrderAsync(await ReopenedAsync(run), "U1", new Drink($"Tea {number}", "Small"));
        var drinks = await Preferences.LastAsync("U1", 50, Cancellation);

        foreach (var drink in drinks)
        {
            Assert.False(await Preferences.PinAsync("U2", drink.PreferenceId, Cancellation));
            Assert.False(await Preferences.RemoveAsync("U2", drink.PreferenceId, Cancellation));
            Assert.False(await Preferences.RenameAsync("U1", drink.PreferenceId, "not pinned", Cancellation));
        }
        var pinned = 0;
        foreach (var drink in drinks)
            pinned += await Preferences.PinAsync("U1", drink.PreferenceId, Cancellation) ? 1 : 0;

        Assert.Equal(MaxFavourites, pinned);
        Assert.True(drinks.Count > pinned);
    }

    [Theory]
    [InlineData("UPDATE user_preferences SET order_count = 0", "user_preferences_order_count_check")]
    [InlineData("UPDATE user_preferences SET name = 'x'", "user_preferences_name_is_of_a_favourite")]
    [InlineData("UPDATE user_preferences SET pinned_at = now(), name = ''", "user_preferences_name_is_of_a_favourite")]
    public async Task The_schema_refuses_what_is_no_favourite(string sql, string constraint)
    {
        await OpenWithOrdersAsync(Channel, "U1");

        var refused = await Assert.ThrowsAsync<PostgresException>(() => ExecuteAsync(sql));

        Assert.Equal(constraint, refused.ConstraintName);
    }

    private const int MaxFavourites = 10;

    private Task<OrderResult> GuestAsync(CoffeeRun run, string guest, Drink drink, string? note = null) =>
        Runs.PlaceGuestOrderAsync(new(run.RunId, "U1", DisplayName: null, drink, note), guest, Cancellation);

    /// <summary>Another run of the channel, so that the next order is not in place of the last.</summary>
    private async Task<CoffeeRun> ReopenedAsync(CoffeeRun run)
    {
        await ExecuteAsync(
            "UPDATE coffee_runs SET status = 'cancelled', cancelled_at = created_at WHERE status = 'active'"
        );
        Time.Advance(TimeSpan.FromMinutes(1));
        return (await OpenAsync("U1", run.ChannelId)).Run;
    }
}
