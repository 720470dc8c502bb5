using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>/coffee-cancel, the runner's button "Cancel run", and runs that are cancelled after a timeout.</summary>
public sealed class CancelTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task When_the_initiator_cancels_the_thread_and_the_announcement_say_so()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        await corner.SummaryAsync("*1 order so far*");

        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await ToldAsync(corner, corner.People[0], "The run is cancelled.");
        await CancelledBy(corner, corner.People[0]);
        Assert.Empty((await corner.AnnouncementAsync($"Cancelled by <@{corner.People[0].Id}>")).Buttons);
        var run = await corner.RunIdAsync();
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'run_cancelled' AND user_id = @user",
                new { run, user = corner.People[0].Id }
            )
        );
        Assert.Equal(
            "coffee.run.cancelled",
            Assert.Single(Office.Topics.Read("coffee.completions", run.ToString())).Type
        );
    }

    [Fact]
    public async Task The_runner_can_cancel_by_button_and_by_command()
    {
        foreach (var byButton in (bool[])[true, false])
        {
            var corner = await Office.CornerAsync(3);
            var runner = await SendSomeoneElseAsync(corner);
            var told = await Corner.RunnersMessageAsync(runner);

            await (
                byButton ? runner.ClickAsync(told, "run_cancel") : runner.CommandAsync(corner.Channel, "/coffee-cancel")
            );

            await CancelledBy(corner, runner);
            await Eventually.TrueAsync(
                async () => (await runner.SeesAsync("dm")).All(message => message.Buttons.Count == 0),
                "the runner's buttons are gone"
            );
            Assert.Contains(
                "No need to go.",
                Assert.Single(await runner.SeesAsync("dm")).Shown,
                StringComparison.Ordinal
            );
        }
    }

    [Fact]
    public async Task Other_people_cannot_cancel_and_are_told_who_can()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);

        await corner.People[1].CommandAsync(corner.Channel, "/coffee-cancel");

        await ToldAsync(
            corner,
            corner.People[1],
            $"This run can be cancelled by <@{corner.People[0].Id}>, who started it, or an admin."
        );
        Assert.Equal("active", await corner.StatusAsync());
    }

    [Fact]
    public async Task An_admin_can_cancel_any_run()
    {
        var corner = await Office.CornerAsync(1);
        await corner.FormAsync(corner.People[0]);
        await corner.InviteAsync(WholeOffice.Admin);

        await Office.PersonOf(WholeOffice.Admin).CommandAsync(corner.Channel, "/coffee-cancel");

        await CancelledBy(corner, Office.PersonOf(WholeOffice.Admin));
    }

    [Fact]
    public async Task Without_a_run_the_command_says_that_there_is_nothing_to_cancel()
    {
        var corner = await Office.CornerAsync(1);

        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await ToldAsync(corner, corner.People[0], "There is no coffee run under way in this channel.");
    }

    [Fact]
    public async Task A_run_without_orders_is_cancelled_after_15_minutes()
    {
        var corner = await Office.CornerAsync(1);
        await corner.FormAsync(corner.People[0]);
        await corner.AnnouncementAsync();
        await corner.AgeAsync(TimeSpan.FromMinutes(14));
        await Office.SweepAsync("CancelEmptyRuns");
        Assert.Equal("active", await corner.StatusAsync());

        await corner.AgeAsync(TimeSpan.FromMinutes(2));

        await corner.SeesAsync(
            corner.People[0],
            message =>
                message.ThreadTs is not null
                && message.Shown.Contains("Nobody ordered, so this coffee run was cancelled.", StringComparison.Ordinal)
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE run_id = @run AND status = 'cancelled' AND closed_by_user_id IS NULL",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    [Fact]
    public async Task After_a_cancelled_run_a_new_one_can_be_started()
    {
        var corner = await Office.CornerAsync(1);
        await corner.FormAsync(corner.People[0]);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await corner.OrderAsync(corner.People[0], "Tea");

        await corner.SummaryAsync("Medium Tea");
        Assert.Equal(
            2,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
        Assert.Equal("active", await corner.StatusAsync());
    }

    private async Task CancelledBy(Corner corner, SlackPerson person)
    {
        await corner.SeesAsync(
            corner.People[0],
            message =>
                message.ThreadTs is not null
                && message.Shown.Contains($"<@{person.Id}> cancelled this coffee run.", StringComparison.Ordinal)
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE run_id = @run AND status = 'cancelled' AND cancelled_at IS NOT NULL AND closed_by_user_id = @user",
                new { run = await corner.RunIdAsync(), user = person.Id }
            )
        );
    }

    // Two of the three have made a run before, so the third is assigned.
    private static async Task<SlackPerson> SendSomeoneElseAsync(Corner corner)
    {
        await corner.PastRunAsync(corner.People[0], 1);
        await corner.PastRunAsync(corner.People[1], 2);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        var runner = await corner.RunnerAsync();
        Assert.Equal(corner.People[2].Id, runner.Id);
        return runner;
    }
}
