using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The runner leaves, is back, everybody collects; and is reminded until the run is complete.</summary>
public sealed class ProgressTests(WholeOffice office) : EndToEndTest(office)
{
    private const string TooLate = "came too late and changed nothing";

    [Fact]
    public async Task After_the_runner_has_left_every_way_to_order_says_so_and_changes_nothing()
    {
        var (corner, runner, ana, ben) = await AssignedAsync();
        var run = await corner.RunIdAsync();
        var assignment = await corner.AssignmentAsync();
        var announcement = await corner.AnnouncementAsync("goes; orders are still taken");
        var confirmation = await ToldAsync(corner, ana, "Your order:");
        await corner.FormAsync(ben);

        await ana.ClickAsync(assignment, "run_leave");
        await ToldAsync(corner, ana, "or an admin can press this");
        var told = await Corner.RunnersMessageAsync(runner);
        await runner.ClickAsync(told, "run_leave");
        await runner.ClickAsync(told, "run_leave");

        const string Left = "has left, so orders are neither taken nor withdrawn any more";
        Assert.Empty((await corner.AnnouncementAsync(Left)).Buttons);
        await corner.SummaryAsync(Left);
        Assert.DoesNotContain("run_leave", (await Corner.RunnersMessageAsync(runner, Left)).Buttons);
        var before = await OrdersAsync(run);

        await ben.SubmitAsync(("drink:0", "Mocha"), ("size:0", "Large"), ("customizations:0", Array.Empty<string>()));
        Assert.Contains(TooLate, (await ben.ViewAsync())!.ToJsonString(), StringComparison.Ordinal);
        await FormAsync(
            ana,
            () => ana.ClickAsync(confirmation, "order_open"),
            view => view.ToJsonString().Contains(TooLate, StringComparison.Ordinal)
        );
        Assert.Contains(TooLate, (await corner.FormAsync(runner)).ToJsonString(), StringComparison.Ordinal);
        await ana.ClickAsync(confirmation, "order_withdraw");
        await ToldAsync(corner, ana, TooLate);
        await ben.SayAsync(corner.Channel, "large mocha", announcement.Ts);
        await ToldAsync(corner, ben, TooLate);
        var refused = await Office.Api.OrderAsync(Office.Person(ben.Id), run.ToString(), ben.Id);
        Assert.Equal(409, refused.Status);

        Assert.Equal(before, await OrdersAsync(run));
        Assert.Equal(
            ["access_refused", "runner_left"],
            await Rows.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE run_id = @run AND (event_type = 'runner_left' OR payload->>'operation' = 'ReportProgress') ORDER BY 1",
                new { run }
            )
        );
    }

    [Fact]
    public async Task The_runner_is_back_everybody_is_mentioned_once_and_collects()
    {
        var (corner, runner, ana, ben) = await AssignedAsync();
        var told = await Corner.RunnersMessageAsync(runner);

        await runner.ClickAsync(told, "run_back");
        await runner.ClickAsync(told, "run_back");

        var ping = await corner.SeesAsync(ana, message => IsPing(message, "0 of 2 collected."));
        Assert.Contains($"<@{ana.Id}>", ping.Shown, StringComparison.Ordinal);
        Assert.Contains($"<@{ben.Id}>", ping.Shown, StringComparison.Ordinal);
        await ana.ClickAsync(ping, "order_collect");
        await ana.ClickAsync(ping, "order_collect");
        await corner.SeesAsync(ben, message => IsPing(message, $"1 of 2 collected: <@{ana.Id}>"));
        await runner.ClickAsync(ping, "order_collect");
        await ToldAsync(corner, runner, "nothing for you to collect");
        await ben.ClickAsync(ping, "order_collect");

        var done = await corner.SeesAsync(ben, message => IsPing(message, "2 of 2 collected"));
        Assert.Empty(done.Buttons);
        Assert.Equal(ping.Ts, done.Ts);
        Assert.Single(await ben.SeesAsync(corner.Channel), message => IsPing(message, ""));
        await corner.AnnouncementAsync("is back with them");
        Assert.Equal(
            ["order_collected", "order_collected", "runner_back"],
            await Rows.ListAsync<string>(
                "SELECT event_type FROM audit_log WHERE run_id = @run AND event_type IN ('runner_back', 'order_collected') ORDER BY 1",
                new { run = await corner.RunIdAsync() }
            )
        );
        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner, "is back"), "run_complete");
        await Eventually.TrueAsync(async () => await corner.StatusAsync() == "completed", "the run is completed");
    }

    [Fact]
    public async Task Without_a_thread_each_person_is_told_directly_that_the_runner_is_back()
    {
        var corner = await Office.CornerAsync(2, hasBot: false);
        var run = Guid.Empty;
        foreach (var person in corner.People)
        {
            await corner.FormAsync(person);
            await corner.SubmitAsync(person, "Latte");
            run = await corner.RunIdAsync();
        }
        await corner.AgeAsync(TimeSpan.FromMinutes(5));
        var runnerId = "";
        await Eventually.TrueAsync(
            async () =>
                (
                    runnerId = await Rows.GetAsync<string>(
                        "SELECT coalesce(runner_user_id, '') FROM coffee_runs WHERE run_id = @run",
                        new { run }
                    )
                ).Length > 0,
            "a runner is chosen"
        );
        var runner = corner.People.Single(person => person.Id == runnerId);
        var other = corner.People.Single(person => person.Id != runnerId);

        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_back");
        var ping = await Corner.SeesDirectlyAsync(other, message => message.Buttons.Contains("order_collect"));
        await other.ClickAsync(ping, "order_collect");

        await Corner.SeesDirectlyAsync(
            other,
            message =>
                message.Ts == ping.Ts
                && message.Buttons.Count == 0
                && message.Shown.Contains("You have collected", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_runner_is_reminded_again_later_when_asked_to_wait_and_never_after_the_end()
    {
        var (corner, runner, _, _) = await AssignedAsync();
        await corner.AgeAsync(TimeSpan.FromMinutes(5));
        var first = await Corner.SeesDirectlyAsync(runner, IsReminder("A reminder: 3 orders"));
        await RemindedAsync(corner, 1);

        await runner.ClickAsync(first, "reminder_snooze");
        await Corner.SeesDirectlyAsync(runner, IsReminder("I will remind you again"));
        await corner.AgeAsync(TimeSpan.FromMinutes(9));
        await Office.SweepAsync("QueueReminders");
        Assert.DoesNotContain(await runner.SeesAsync("dm"), message => IsReminder("Reminder 2 of 4")(message));
        // Overdue for less than a minute: ReconcileRuns does not queue it too.
        await corner.AgeAsync(TimeSpan.FromMinutes(1.2));
        await Corner.SeesDirectlyAsync(runner, IsReminder("Reminder 2 of 4: 3 orders"));
        await RemindedAsync(corner, 2);
        await corner.AgeAsync(TimeSpan.FromMinutes(10));
        await Corner.SeesDirectlyAsync(runner, IsReminder("Reminder 3 of 4"));
        await RemindedAsync(corner, 3);

        await runner.ClickAsync(first, "run_complete");
        await Eventually.TrueAsync(
            async () =>
                (await runner.SeesAsync("dm")).Count(message => message.Shown.Contains("is complete, 3 orders")) == 4,
            "the runner's messages say that the run is complete"
        );
        await corner.AgeAsync(TimeSpan.FromMinutes(10));
        await Office.SweepAsync("QueueReminders");
        Assert.Equal(
            3,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'reminder_sent'",
                new { run = await corner.RunIdAsync() }
            )
        );
        Assert.Equal(
            3,
            Office
                .Topics.Read("coffee.assignments", (await corner.RunIdAsync()).ToString())
                .Count(@event => @event.Type == "coffee.reminder.due")
        );
    }

    private static bool IsPing(SeenMessage message, string text) =>
        message is { ThreadTs: not null, IsEphemeral: false }
        && message.Shown.Contains("is back with the drinks", StringComparison.Ordinal)
        && message.Shown.Contains(text, StringComparison.Ordinal);

    private static Func<SeenMessage, bool> IsReminder(string text) =>
        message => message.Shown.Contains(text, StringComparison.Ordinal);

    private Task RemindedAsync(Corner corner, int times) =>
        Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "coffee_runs WHERE run_id = @run AND reminders_sent = @times",
                    new { run = await corner.RunIdAsync(), times }
                ) == 1,
            "it is stored that the runner was reminded"
        );

    private Task<IReadOnlyList<string>> OrdersAsync(Guid run) =>
        Rows.ListAsync<string>(
            "SELECT to_jsonb(o)::text FROM all_orders o WHERE run_id = @run UNION ALL SELECT to_jsonb(w)::text FROM order_withdrawals w WHERE run_id = @run ORDER BY 1",
            new { run }
        );

    private async Task<(Corner Corner, SlackPerson Runner, SlackPerson Ana, SlackPerson Ben)> AssignedAsync()
    {
        var corner = await Office.CornerAsync(3);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner);
        var others = corner.People.Where(person => person.Id != runner.Id).ToList();
        return (corner, runner, others[0], others[1]);
    }
}
