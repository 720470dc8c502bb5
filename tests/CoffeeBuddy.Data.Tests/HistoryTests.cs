using CoffeeBuddy.Core;

namespace CoffeeBuddy.Data.Tests;

public sealed class HistoryTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_history_of_a_channel_shows_its_last_runs_with_who_ordered()
    {
        for (var index = 0; index < 12; index++)
        {
            var open = await OpenWithOrdersAsync(Channel, "U1");
            Time.Advance(TimeSpan.FromSeconds(1));
            await OrderAsync(open, $"U{index + 2}");
            Time.Advance(Options.OrderWindow);
            var made = (await AssignAsync(open)).Run!;
            await Runs.CompleteAsync(made.RunId, made.RunnerUserId!, null, Cancellation);
        }
        await AssignedAsync("C2", "U1");
        var latest = (await OpenAsync("U7")).Run;

        var history = await Runs.HistoryAsync(Workspace, Channel, 10, Cancellation);

        Assert.Equal(10, history.Count);
        Assert.Equal((latest.RunId, 0), (history[0].Run.RunId, history[0].OrderCount));
        Assert.Equal(["U1", "U13"], history[1].ParticipantUserIds);
        Assert.Equal((RunStatus.Completed, 2), (history[1].Run.Status, history[1].OrderCount));
        Assert.Equal(history.Select(entry => entry.Run.CreatedAt).OrderDescending(), history.Select(entry => entry.Run.CreatedAt));
    }

    [Fact]
    public async Task Runs_can_be_listed_by_workspace_channel_and_state()
    {
        var first = await OpenWithOrdersAsync("C1", "U1");
        Time.Advance(TimeSpan.FromSeconds(1));
        var second = (await OpenAsync("U1", "C2")).Run;
        await Runs.CancelAsync(first.RunId, "U1", null, Cancellation);

        Assert.Equal([second.RunId, first.RunId], await ListAsync(null, null, null));
        Assert.Equal([first.RunId], await ListAsync(Workspace, "C1", null));
        Assert.Equal([second.RunId], await ListAsync(null, null, RunStatus.Active));
        Assert.Equal([first.RunId], await ListAsync(null, null, RunStatus.Cancelled));
        Assert.Empty(await ListAsync("T2", null, null));
        Assert.Equal([second.RunId], await ListAsync(null, null, null, limit: 1));
    }

    [Fact]
    public async Task A_run_is_read_with_its_orders_in_the_order_they_came()
    {
        var run = (await OpenAsync()).Run;
        foreach (var user in new[] { "U3", "U1", "U2" })
        {
            Time.Advance(TimeSpan.FromSeconds(1));
            await OrderAsync(run, user);
        }

        var details = await Runs.GetAsync(run.RunId, Cancellation);

        Assert.Equal(["U3", "U1", "U2"], details!.Orders.Select(order => order.UserId));
        Assert.Empty(details.Messages);
        Assert.Null(await Runs.GetAsync(Guid.NewGuid(), Cancellation));
    }

    private async Task<IEnumerable<Guid>> ListAsync(string? workspace, string? channel, RunStatus? status, int limit = 10) =>
        (await Runs.ListAsync(workspace, channel, status, limit, Cancellation)).Select(entry => entry.Run.RunId);
}
