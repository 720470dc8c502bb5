using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The time for orders: set by the command, extended and ended by the initiator.</summary>
public sealed class DeadlineTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_minutes_of_the_command_are_the_time_for_orders_however_many_order()
    {
        var corner = await Office.CornerAsync(3);
        await corner.People[0].CommandAsync(corner.Channel, "/coffee", "10");
        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel }) == 1,
            "the run is stored"
        );
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        await corner.AnnouncementAsync("3 orders");

        await Office.SweepAsync("AssignDueRuns");
        var run = await corner.RunIdAsync();
        Assert.Equal(
            TimeSpan.FromMinutes(10),
            await Rows.GetAsync<TimeSpan>(
                "SELECT deadline_at - first_order_at FROM coffee_runs WHERE run_id = @run AND runner_user_id IS NULL",
                new { run }
            )
        );
        await corner.AgeAsync(TimeSpan.FromMinutes(10));
        await corner.RunnerAsync();
    }

    [Fact]
    public async Task A_run_that_is_joined_keeps_its_time_and_too_many_minutes_are_refused()
    {
        var corner = await Office.CornerAsync(2);
        await corner.FormAsync(corner.People[0]);

        await corner.People[1].CommandAsync(corner.Channel, "/coffee", "10");
        await ToldAsync(corner, corner.People[1], "whose time stays as it is");
        await corner.People[1].CommandAsync(corner.Channel, "/coffee", "121");
        await ToldAsync(corner, corner.People[1], "from 1 to 120");

        Assert.Equal(
            1,
            await Rows.CountAsync(
                "coffee_runs WHERE channel_id = @channel AND order_window IS NULL",
                new { channel = corner.Channel }
            )
        );
    }

    [Fact]
    public async Task The_initiator_gives_five_minutes_more_and_nobody_else_can()
    {
        var corner = await Office.CornerAsync(2);
        var (initiator, other) = (corner.People[0], corner.People[1]);
        await corner.OrderAsync(initiator);
        var announcement = await corner.AnnouncementAsync("1 order");
        var run = await corner.RunIdAsync();
        var before = await DeadlineAsync(run);

        await other.ClickAsync(announcement, "run_extend");
        await ToldAsync(corner, other, "can be changed by");
        Assert.Equal(before, await DeadlineAsync(run));
        await initiator.ClickAsync(announcement, "run_extend");

        await corner.AnnouncementAsync($"<!date^{new DateTimeOffset(before.AddMinutes(5)).ToUnixTimeSeconds()}^");
        Assert.Equal(before.AddMinutes(5), await DeadlineAsync(run));
        Assert.Equal(
            ["done", "refused"],
            (
                await Rows.ListAsync<string>(
                    "SELECT outcome FROM audit_log WHERE run_id = @run AND (event_type = 'deadline_changed' OR payload->>'operation' = 'ChangeDeadline')",
                    new { run }
                )
            ).Order()
        );
    }

    [Fact]
    public async Task The_initiator_has_the_runner_chosen_now()
    {
        var corner = await Office.CornerAsync(2);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);

        await corner.People[0].ClickAsync(await corner.AnnouncementAsync("2 orders"), "run_choose_now");

        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner, "2 orders");
        var announcement = await corner.AnnouncementAsync($"<@{runner.Id}> goes");
        Assert.DoesNotContain("run_extend", announcement.Buttons);
        Assert.DoesNotContain("run_choose_now", announcement.Buttons);
    }

    private Task<DateTime> DeadlineAsync(Guid run) =>
        Rows.GetAsync<DateTime>("SELECT deadline_at FROM coffee_runs WHERE run_id = @run", new { run });
}
