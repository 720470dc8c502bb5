using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>An app that is installed on an Enterprise Grid organisation, with Slack's rate limits.</summary>
public sealed class EnterpriseGridTests(GridOffice office) : EndToEndTest(office), IClassFixture<GridOffice>
{
    [Fact]
    public async Task A_whole_run_works_for_an_organisation()
    {
        var corner = await Office.CornerAsync(2);
        var (ana, ben) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(ana, "Latte", note: "extra hot");
        await ben.ClickAsync(await corner.AnnouncementAsync(), "order_open");
        await corner.SubmitAsync(ben, "Tea");
        await corner.SummaryAsync("*2 orders so far*");
        await ben.SayAsync(corner.Channel, "small espresso", (await corner.AnnouncementAsync()).Ts);
        await corner.SummaryAsync("Small Espresso");

        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner, "2 orders");
        var reminder = await Corner.SeesDirectlyAsync(
            runner,
            message => message.Shown.Contains("A reminder", StringComparison.Ordinal)
        );
        await runner.ClickAsync(reminder, "run_complete");

        await corner.SeesAsync(
            ana,
            message => message.Shown.Contains("The coffee run is complete", StringComparison.Ordinal)
        );
        Assert.Equal("completed", await corner.StatusAsync());
        await ana.CommandAsync(corner.Channel, "/coffee-history");
        await ToldAsync(corner, ana, "2 orders · :white_check_mark: completed");
        await ben.SayAsync(corner.Channel, "@CoffeeBuddy help");
        await corner.SeesAsync(ben, message => message.Shown.Contains("Here is how I help", StringComparison.Ordinal));
        Assert.Equal(
            ["T0SIM00001"],
            await Rows.ListAsync<string>(
                "SELECT workspace_id FROM coffee_runs WHERE channel_id = @channel",
                new { channel = corner.Channel }
            )
        );
        Assert.Equal(
            2,
            await Rows.CountAsync(
                "users WHERE user_id = ANY(@users) AND email IS NOT NULL",
                new { users = corner.People.Select(person => person.Id).ToArray() }
            )
        );
    }

    [Fact]
    public async Task The_home_tab_of_a_member_of_an_organisation_shows_their_run()
    {
        var corner = await Office.CornerAsync(1);
        await corner.OrderAsync(corner.People[0]);

        await Office.OpenHomeAsync(corner.People[0]);

        Assert.Contains(
            $"<#{corner.Channel}>",
            await Office.HomeAsync(corner.People[0], "You are *here*"),
            StringComparison.Ordinal
        );
        await corner.People[0].ClickAsync("home", "away_toggle");
        Assert.Contains(
            $"<#{corner.Channel}>",
            await Office.HomeAsync(corner.People[0], "You are *away*"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task In_a_channel_shared_by_workspaces_a_run_is_visible_and_can_be_cancelled_from_each_of_them()
    {
        var corner = await Office.CornerAsync(1);
        var person = corner.People[0];
        await corner.OrderAsync(person);

        Assert.Contains("1 order", await CommandAsync("/coffee-history"), StringComparison.Ordinal);
        Assert.Contains("cancelled", await CommandAsync("/coffee-cancel"), StringComparison.Ordinal);

        Assert.Equal("cancelled", await corner.StatusAsync());
        Assert.Equal(
            1,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );

        async Task<string> CommandAsync(string command)
        {
            var form =
                $"team_id=T0SIM00002&enterprise_id=E0SIM00001&channel_id={corner.Channel}&user_id={person.Id}&command={command}&text=&trigger_id=1";
            return (await Office.Slack.PostAsync("slack/commands", form)).Text;
        }
    }

    [Fact]
    public async Task Fifty_orders_at_once_are_all_shown_and_no_rate_limit_is_broken()
    {
        var corner = await Office.CornerAsync(50);
        await corner.FormsAsync();

        await corner.SubmitAtOnceAsync(_ => [("drink:0", "Tea")]);

        await corner.SummaryAsync("*50 orders so far*");
        await corner.AssignmentAsync();
        foreach (var person in corner.People)
            await ToldAsync(corner, person, "Medium Tea");
    }
}
