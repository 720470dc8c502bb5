using System.Text.Json.Nodes;
using CoffeeBuddy.EndToEnd.Support;

namespace CoffeeBuddy.EndToEnd;

/// <summary>100 orders in one run at the same moment, twice as many as specified. No limit of time is checked: on a
/// slow machine Slack gives up on some submissions after its 3 s, and those people submit once more.</summary>
public sealed class LoadTests(WholeOffice office) : EndToEndTest(office)
{
    [Fact]
    public async Task A_hundred_orders_at_once_are_all_stored_and_make_one_announcement_one_summary_and_one_assignment()
    {
        var corner = await Office.CornerAsync(100);
        await corner.FormsAsync();

        await corner.SubmitAtOnceAsync(number => [("drink:0", number % 2 == 0 ? "Latte" : "Tea")]);

        var run = await corner.RunIdAsync();
        Assert.Equal(
            1,
            await Rows.CountAsync("coffee_runs WHERE channel_id = @channel", new { channel = corner.Channel })
        );
        var summary = await corner.SummaryAsync("*100 orders so far*");
        Assert.Contains("*50 ×* Medium Latte", summary.Shown, StringComparison.Ordinal);
        await corner.AnnouncementAsync("100 orders.");
        var runner = await corner.RunnerAsync();
        await Corner.RunnersMessageAsync(runner, "100 orders");
        var messages = await corner.People[0].SeesAsync(corner.Channel);
        Assert.Single(messages, Corner.IsAnnouncement);
        Assert.Single(messages, Corner.IsSummary);
        Assert.Single(messages, Corner.IsAssignment);
        Assert.Equal(
            1,
            await Rows.CountAsync("audit_log WHERE run_id = @run AND event_type = 'runner_assigned'", new { run })
        );
        Assert.Equal(
            100,
            await Rows.CountAsync(
                "(SELECT DISTINCT user_id FROM audit_log WHERE run_id = @run AND event_type = 'order_placed') AS people",
                new { run }
            )
        );
        await Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync(
                    "outbox WHERE message_key = @key AND published_at IS NULL",
                    new { key = run.ToString() }
                ) == 0,
            "every event is published"
        );
        var orders = Office.Topics.Read("coffee.orders", run.ToString());
        Assert.Equal(
            100,
            orders
                .Where(@event => @event.Type == "coffee.order.placed")
                .Select(@event => (string?)JsonNode.Parse(@event.Text)!["order_id"])
                // On a slow machine messages are late, and the sweep repeats their events. Those name no order.
                .Where(order => order is not null)
                .Distinct(StringComparer.Ordinal)
                .Count()
        );
        Assert.Empty(Office.Topics.Read("coffee.deadletter", run.ToString()));
    }
}
