using CoffeeBuddy.EndToEnd.Support;
using Xunit;

namespace CoffeeBuddy.EndToEnd;

/// <summary>Twice the people the specification asks for, in one run and at the same moment.</summary>
public sealed class LoadTests(Office office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_hundred_orders_at_once_are_all_stored_and_make_one_announcement_one_summary_and_one_assignment()
    {
        var corner = await Office.CornerAsync(100);
        await corner.FormsAsync();

        await corner.SubmitAtOnceAsync(number => [("drink:0", number % 2 == 0 ? "Latte" : "Tea")]);

        var run = await corner.RunIdAsync();
        Assert.Equal(1, await Database.CountAsync("coffee_runs", "channel_id = $1", corner.Channel));
        var summary = await corner.SummaryAsync("*100 orders so far*");
        Assert.Contains("*50 ×* Medium Latte", summary.Shown, StringComparison.Ordinal);
        await corner.AnnouncementAsync("100 orders.");
        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner, "100 orders");
        var messages = await corner.People[0].SeesAsync(corner.Channel);
        Assert.Single(messages, Corner.IsAnnouncement);
        Assert.Single(messages, Corner.IsSummary);
        Assert.Single(messages, Corner.IsAssignment);
        Assert.Equal(1, await Database.CountAsync("audit_log", "run_id = $1 AND event_type = 'runner_assigned'", run));
        Assert.Equal(100, await Database.CountAsync("audit_log", "run_id = $1 AND event_type = 'order_placed'", run));
        await Eventually.TrueAsync(
            async () =>
                await Database.CountAsync("outbox", "message_key = $1 AND published_at IS NULL", run.ToString()) == 0,
            "every event is on Kafka"
        );
        var orders = await Topic.ReadAsync(Office, "coffee.orders", run);
        Assert.Equal(
            100,
            orders
                .Where(@event => @event.Type == "coffee.order.placed")
                .Select(@event => @event.Headers["ce_id"])
                .Distinct(StringComparer.Ordinal)
                .Count()
        );
        Assert.Empty(await Topic.ReadAsync(Office, "coffee.deadletter", run));
    }
}
