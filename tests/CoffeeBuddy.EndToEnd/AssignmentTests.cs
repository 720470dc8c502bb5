using CoffeeBuddy.EndToEnd.Support;
using CoffeeBuddy.Sandbox;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Who goes, why, and who is told.</summary>
public sealed class AssignmentTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_third_order_sends_the_one_with_the_fewest_runs_once_and_says_why()
    {
        var corner = await Office.CornerAsync(3);
        var (ana, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        await corner.PastRunAsync(ana, 3);
        await corner.PastRunAsync(ben, 2);
        await corner.PastRunAsync(ben, 5);
        // Made more than 30 days ago, so it does not count any more.
        await corner.PastRunAsync(eli, 31);

        foreach (var person in corner.People)
            await corner.OrderAsync(person);

        var assignment = await corner.AssignmentAsync();
        Assert.Contains(
            $"<@{eli.Id}> goes.* Why: 0 runs in 30 days, the fewest of 3.",
            assignment.Shown,
            StringComparison.Ordinal
        );
        var told = await Corner.RunnersMessageAsync(eli, "3 orders");
        Assert.Contains("Why you: 0 runs in 30 days, the fewest of 3.", told.Shown, StringComparison.Ordinal);
        Assert.Contains("*3 ×* Medium Latte", told.Shown, StringComparison.Ordinal);
        await corner.AnnouncementAsync($"<@{eli.Id}> goes; orders are still taken.");
        var run = await corner.RunIdAsync();
        Assert.Equal(
            eli.Id,
            await Database.OneAsync<string>("SELECT runner_user_id FROM coffee_runs WHERE run_id = $1", run)
        );
        Assert.Equal(
            1,
            await Database.CountAsync(
                "audit_log",
                "run_id = $1 AND event_type = 'runner_assigned' AND user_id = $2",
                run,
                eli.Id
            )
        );
        Assert.Single(
            await Topic.ReadAsync(Office, "coffee.assignments", run),
            @event => @event.Type == "coffee.runner.assigned"
        );
        Assert.Single(await ana.SeesAsync(corner.Channel), Corner.IsAssignment);
    }

    [Fact]
    public async Task Two_orders_wait_for_the_deadline_and_then_one_of_the_two_goes()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        await corner.OrderAsync(corner.People[1]);
        await corner.SummaryAsync("*2 orders so far*");
        await corner.AgeAsync(TimeSpan.FromMinutes(4));
        await Office.SweepAsync("AssignDueRuns");
        Assert.Null(
            await Database.OneAsync<string?>(
                "SELECT runner_user_id FROM coffee_runs WHERE run_id = $1",
                await corner.RunIdAsync()
            )
        );

        await corner.AgeAsync(TimeSpan.FromMinutes(1));

        var runner = await corner.RunnerAsync();
        Assert.Contains(runner.Id, corner.People.Select(person => person.Id));
        await Corner.RunnersMessageAsync(runner, "2 orders");
    }

    [Fact]
    public async Task Who_orders_alone_goes_alone()
    {
        var corner = await Office.CornerAsync(1);
        await corner.OrderAsync(corner.People[0]);

        await corner.AgeAsync(TimeSpan.FromMinutes(5));

        Assert.Contains(
            "Why: the only one who can go",
            (await corner.AssignmentAsync()).Shown,
            StringComparison.Ordinal
        );
        Assert.Equal(corner.People[0].Id, (await corner.RunnerAsync()).Id);
    }

    [Fact]
    public async Task An_order_after_the_assignment_is_added_to_the_runners_list()
    {
        var corner = await Office.CornerAsync(4);
        foreach (var person in corner.People.Take(3))
            await corner.OrderAsync(person);
        var runner = await corner.RunnerAsync();
        var told = await Corner.RunnersMessageAsync(runner, "3 orders");

        await corner.OrderAsync(corner.People[3], "Hot Chocolate", "Large");

        var updated = await Corner.RunnersMessageAsync(runner, "4 orders");
        Assert.Equal(told.Ts, updated.Ts);
        Assert.Contains("Large Hot Chocolate", updated.Shown, StringComparison.Ordinal);
        Assert.Single(await runner.SeesAsync("dm"));
        Assert.Equal(runner.Id, (await corner.RunnerAsync()).Id);
    }

    [Fact]
    public async Task Who_is_away_is_not_sent_until_they_are_back()
    {
        var corner = await Office.CornerAsync(3);
        var (away, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        // The one who is away is due.
        await corner.PastRunAsync(ben, 1, away);
        await corner.PastRunAsync(eli, 2, away);
        await away.CommandAsync(corner.Channel, "/coffee", "away");
        await ToldAsync(corner, away, "You are away");

        foreach (var person in corner.People)
            await corner.OrderAsync(person);

        Assert.NotEqual(away.Id, (await corner.RunnerAsync()).Id);
        await away.CommandAsync(corner.Channel, "/coffee-cancel");
        await away.CommandAsync(corner.Channel, "/coffee", "back");
        await ToldAsync(corner, away, "Welcome back!");
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        await Eventually.TrueAsync(
            async () =>
                await Database.CountAsync(
                    "coffee_runs",
                    "run_id = $1 AND runner_user_id = $2",
                    await corner.RunIdAsync(),
                    away.Id
                ) == 1,
            "the one who is back was sent"
        );
    }
}
