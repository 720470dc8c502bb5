using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>/coffee-cancel, the runner's "Cancel run", and runs that end by themselves.</summary>
public sealed class CancelTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_initiator_cancels_and_everyone_sees_it()
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
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'run_cancelled' AND user_id = $2",
                run,
                corner.People[0].Id
            )
        );
        Assert.Equal(
            "coffee.run.cancelled",
            Assert.Single(await Topic.ReadAsync(Office, "coffee.completions", run)).Type
        );
    }

    [Fact]
    public async Task The_runner_cancels_by_button_and_by_command()
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
    public async Task Others_are_told_who_can_cancel()
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
    public async Task An_admin_cancels_any_run()
    {
        var corner = await Office.CornerAsync(1);
        await corner.FormAsync(corner.People[0]);
        await corner.InviteAsync(Office.Admin);

        await Office.PersonOf(Office.Admin).CommandAsync(corner.Channel, "/coffee-cancel");

        await CancelledBy(corner, Office.PersonOf(Office.Admin));
    }

    [Fact]
    public async Task Without_a_run_there_is_nothing_to_cancel()
    {
        var corner = await Office.CornerAsync(1);

        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await ToldAsync(corner, corner.People[0], "There is no coffee run under way in this channel.");
    }

    [Fact]
    public async Task A_run_in_which_nobody_orders_ends_by_itself_after_a_quarter_of_an_hour()
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
            await Database.CountAsync(
                "coffee_runs",
                "run_id = $1 AND status = 'cancelled' AND closed_by_user_id IS NULL",
                await corner.RunIdAsync()
            )
        );
    }

    [Fact]
    public async Task After_a_cancelled_run_another_can_be_started()
    {
        var corner = await Office.CornerAsync(1);
        await corner.FormAsync(corner.People[0]);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee-cancel");

        await corner.OrderAsync(corner.People[0], "Tea");

        await corner.SummaryAsync("Medium Tea");
        Assert.Equal(2, await Database.CountAsync("coffee_runs", "channel_id = $1", corner.Channel));
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
            await Database.CountAsync(
                "coffee_runs",
                "run_id = $1 AND status = 'cancelled' AND cancelled_at IS NOT NULL AND closed_by_user_id = $2",
                await corner.RunIdAsync(),
                person.Id
            )
        );
    }

    // The initiator and another have made runs, so the third is due.
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
