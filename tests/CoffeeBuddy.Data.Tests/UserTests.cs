using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Users;

namespace CoffeeBuddy.Data.Tests;

public sealed class UserTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task An_unknown_person_has_no_profile()
    {
        Assert.Null(await Users.GetAsync("U1", Cancellation));
    }

    [Fact]
    public async Task Being_away_is_kept_through_orders_until_one_is_back()
    {
        await Users.SetAwayAsync("U1", "Ada", away: true, Now, Cancellation);
        await OpenWithOrdersAsync(Channel, "U1");
        Assert.True((await Users.GetAsync("U1", Cancellation))!.Away);

        await Users.SetAwayAsync("U1", null, away: false, Now, Cancellation);

        var user = await Users.GetAsync("U1", Cancellation);
        Assert.Equal(new UserProfile("U1", "Ada", null, false, Now, Now, null), user);
    }

    [Fact]
    public async Task Of_two_switches_the_one_asked_for_last_counts_in_whatever_order_they_arrive()
    {
        await Users.SetAwayAsync("U1", null, away: false, Now, Cancellation);
        await Users.SetAwayAsync("U1", null, away: true, Now.AddSeconds(-1), Cancellation);

        Assert.False((await Users.GetAsync("U1", Cancellation))!.Away);
    }

    [Fact]
    public async Task A_profile_keeps_values_that_slack_does_not_send()
    {
        await Users.SaveProfileAsync("U1", "Ada", "ada@example.com", unreachable: null, Cancellation);
        await Users.SaveProfileAsync("U1", "Ada L.", null, unreachable: null, Cancellation);

        Assert.Equal(
            new UserProfile("U1", "Ada L.", "ada@example.com", false, Now, Now, Now),
            await Users.GetAsync("U1", Cancellation)
        );
    }

    [Fact]
    public async Task The_name_of_the_profile_is_not_replaced_by_the_handle_of_a_command()
    {
        await OpenAsync("U1", name: "ada.l");
        Assert.Equal("ada.l", (await Users.GetAsync("U1", Cancellation))!.DisplayName);
        await Users.SaveProfileAsync("U1", "Ada Lovelace", null, unreachable: null, Cancellation);

        await OpenAsync("U1", name: "ada.l");
        await Users.SetAwayAsync("U1", "ada.l", away: true, Now, Cancellation);

        Assert.Equal("Ada Lovelace", (await Users.GetAsync("U1", Cancellation))!.DisplayName);
    }

    [Fact]
    public async Task An_empty_name_is_none()
    {
        await OpenAsync("U1", name: "");
        await Users.SetAwayAsync("U1", "", away: true, Now, Cancellation);
        await Users.SaveProfileAsync("U1", "", "", unreachable: null, Cancellation);
        var unnamed = (await Users.GetAsync("U1", Cancellation))!;
        Assert.Equal((null, null), (unnamed.DisplayName, unnamed.Email));

        // The profile has no name: a handle is better than nothing.
        await OpenAsync("U1", name: "ada.l");
        Assert.Equal("ada.l", (await Users.GetAsync("U1", Cancellation))!.DisplayName);
    }

    [Fact]
    public async Task A_name_longer_than_its_column_is_cut()
    {
        await Users.SaveProfileAsync("U1", new string('ä', 300), null, unreachable: null, Cancellation);

        Assert.Equal(new string('ä', 255), (await Users.GetAsync("U1", Cancellation))!.DisplayName);
    }

    [Fact]
    public async Task The_people_of_a_run_come_with_their_languages()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        await Users.SaveProfileAsync("U2", "Bo", null, unreachable: null, Cancellation, locale: "de-DE");

        Assert.Equal(
            [("U1", null), ("U2", "de-DE")],
            from person in await Users.PeopleOfRunAsync(run.RunId, Cancellation)
            select (person.UserId, person.Locale)
        );
    }

    [Fact]
    public async Task The_people_of_a_run_need_a_profile_once_a_day()
    {
        var run = await AssignedAsync(Channel, "U1", "U2");
        await OpenWithOrdersAsync("C2", "U3");
        await Users.SaveProfileAsync("U1", "Ada", null, unreachable: null, Cancellation);
        Assert.Equal(["U2"], await DueAsync());

        Time.Advance(TimeSpan.FromDays(1) + TimeSpan.FromSeconds(1));

        Assert.Equal(["U1", "U2"], await DueAsync());

        async Task<IEnumerable<string>> DueAsync() =>
            from person in await Users.PeopleOfRunAsync(run.RunId, Cancellation)
            where person.ProfileIsDue
            select person.UserId;
    }
}
