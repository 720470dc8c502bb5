using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The runner: who is assigned, why, and the messages about it.</summary>
public sealed class AssignmentTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task The_third_order_assigns_the_person_with_the_fewest_runs_once_and_gives_the_reason()
    {
        var corner = await Office.CornerAsync(3);
        var (ana, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        await corner.PastRunAsync(ana, 3);
        await corner.PastRunAsync(ben, 2);
        await corner.PastRunAsync(ben, 5);
        // More than 30 days ago: does not count.
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
            await Rows.GetAsync<string>("SELECT runner_user_id FROM coffee_runs WHERE run_id = @run", new { run })
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'runner_assigned' AND user_id = @user",
                new { run, user = eli.Id }
            )
        );
        Assert.Single(
            Office.Topics.Read("coffee.assignments", run.ToString()),
            @event => @event.Type == "coffee.runner.assigned"
        );
        Assert.Single(await ana.SeesAsync(corner.Channel), Corner.IsAssignment);
    }

    [Fact]
    public async Task With_two_orders_the_runner_is_assigned_at_the_deadline()
    {
        var corner = await Office.CornerAsync(2);
        await corner.OrderAsync(corner.People[0]);
        await corner.OrderAsync(corner.People[1]);
        await corner.SummaryAsync("*2 orders so far*");
        await corner.AgeAsync(TimeSpan.FromMinutes(4));
        await Office.SweepAsync("AssignDueRuns");
        Assert.Null(
            await Rows.GetAsync<string?>(
                "SELECT runner_user_id FROM coffee_runs WHERE run_id = @run",
                new { run = await corner.RunIdAsync() }
            )
        );

        await corner.AgeAsync(TimeSpan.FromMinutes(1));

        var runner = await corner.RunnerAsync();
        Assert.Contains(runner.Id, corner.People.Select(person => person.Id));
        await Corner.RunnersMessageAsync(runner, "2 orders");
    }

    [Fact]
    public async Task The_only_person_with_an_order_becomes_the_runner()
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
    public async Task A_person_who_is_away_is_not_assigned_until_they_are_back()
    {
        var corner = await Office.CornerAsync(3);
        var (away, ben, eli) = (corner.People[0], corner.People[1], corner.People[2]);
        // The person who is away has the fewest runs.
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
                await Rows.CountAsync(
                    "coffee_runs WHERE run_id = @run AND runner_user_id = @user",
                    new { run = await corner.RunIdAsync(), user = away.Id }
                ) == 1,
            "the person who is back is assigned"
        );
    }
}
