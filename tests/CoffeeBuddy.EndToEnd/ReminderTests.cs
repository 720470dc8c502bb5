using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>The runner's reminder: once, on time, and only while the run is active.</summary>
public sealed class ReminderTests(WholeOffice office) : EndToEndTest(office)
{
    private static readonly TimeSpan FiveMinutes = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task The_runner_is_reminded_once_with_the_orders_and_the_button()
    {
        var (corner, runner) = await AssignedAsync();
        Assert.DoesNotContain(await runner.SeesAsync("dm"), IsReminder);

        await corner.AgeAsync(FiveMinutes);

        var reminder = await Corner.SeesDirectlyAsync(runner, IsReminder);
        Assert.Contains("3 orders", reminder.Shown, StringComparison.Ordinal);
        Assert.Contains("*3 ×* Medium Latte", reminder.Shown, StringComparison.Ordinal);
        Assert.Contains("run_complete", reminder.Buttons);
        await RemindedAsync(corner);
        await corner.AgeAsync(FiveMinutes);
        await Office.SweepAsync("QueueReminders");
        Assert.Single(await runner.SeesAsync("dm"), IsReminder);
        Assert.Single(
            Office.Topics.Read("coffee.assignments", (await corner.RunIdAsync()).ToString()),
            @event => @event.Type == "coffee.reminder.due"
        );
        Assert.Equal(
            1,
            await Rows.CountAsync(
                "audit_log WHERE run_id = @run AND event_type = 'reminder_sent'",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    [Fact]
    public async Task A_completed_run_has_no_reminder()
    {
        var (corner, runner) = await AssignedAsync();
        await runner.ClickAsync(await Corner.RunnersMessageAsync(runner), "run_complete");
        await Eventually.TrueAsync(async () => await corner.StatusAsync() == "completed", "the run is completed");

        await corner.AgeAsync(FiveMinutes);
        await Office.SweepAsync("QueueReminders");

        Assert.DoesNotContain(
            Office.Topics.Read("coffee.assignments", (await corner.RunIdAsync()).ToString()),
            @event => @event.Type == "coffee.reminder.due"
        );
        Assert.DoesNotContain(await runner.SeesAsync("dm"), IsReminder);
        Assert.Equal(
            0,
            await Rows.CountAsync(
                "coffee_runs WHERE run_id = @run AND reminder_sent_at IS NOT NULL",
                new { run = await corner.RunIdAsync() }
            )
        );
    }

    [Fact]
    public async Task The_button_of_the_reminder_completes_the_run_and_all_buttons_are_removed()
    {
        var (corner, runner) = await AssignedAsync();
        await corner.AgeAsync(FiveMinutes);
        var reminder = await Corner.SeesDirectlyAsync(runner, IsReminder);
        await RemindedAsync(corner);

        await runner.ClickAsync(reminder, "run_complete");

        await Eventually.TrueAsync(
            async () => (await runner.SeesAsync("dm")).All(message => message.Buttons.Count == 0),
            "no buttons are left in the runner's messages"
        );
        Assert.Equal(
            2,
            (await runner.SeesAsync("dm")).Count(message =>
                message.Shown.Contains("is complete, 3 orders. Thank you", StringComparison.Ordinal)
            )
        );
        Assert.Equal("completed", await corner.StatusAsync());
    }

    [Fact]
    public async Task Two_timer_workers_send_one_reminder()
    {
        await using var second = await Office.Sandbox.StartReplicaAsync(WorkerRoles.Timer, Cancellation);
        var (corner, runner) = await AssignedAsync();

        await corner.AgeAsync(FiveMinutes);

        await Corner.SeesDirectlyAsync(runner, IsReminder);
        await RemindedAsync(corner);
        await corner.AgeAsync(FiveMinutes);
        await Office.SweepAsync("QueueReminders", 3);
        Assert.Single(
            Office.Topics.Read("coffee.assignments", (await corner.RunIdAsync()).ToString()),
            @event => @event.Type == "coffee.reminder.due"
        );
        Assert.Single(await runner.SeesAsync("dm"), IsReminder);
        Assert.False(second.HasExited);
    }

    private static bool IsReminder(SeenMessage message) =>
        message.Shown.Contains("A reminder", StringComparison.Ordinal);

    private Task RemindedAsync(Corner corner) =>
        Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "coffee_runs WHERE run_id = @run AND reminder_sent_at IS NOT NULL",
                    new { run = await corner.RunIdAsync() }
                ) == 1,
            "it is stored that the runner was reminded"
        );

    private async Task<(Corner Corner, SlackPerson Runner)> AssignedAsync()
    {
        var corner = await Office.CornerAsync(3);
        foreach (var person in corner.People)
            await corner.OrderAsync(person);
        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner);
        return (corner, runner);
    }
}
