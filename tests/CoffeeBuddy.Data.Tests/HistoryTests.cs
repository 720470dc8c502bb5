using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Data.Tests;

public sealed class HistoryTests(PostgresServer server) : DatabaseTest(server)
{
    [Fact]
    public async Task The_history_of_a_channel_shows_its_last_runs_with_their_participants()
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

        var history = await Runs.HistoryAsync(Channel, 10, Cancellation);

        Assert.Equal(10, history.Count);
        Assert.Equal((latest.RunId, 0), (history[0].Run.RunId, history[0].OrderCount));
        Assert.Equal(["U1", "U13"], history[1].ParticipantUserIds);
        Assert.Equal((RunStatus.Completed, 2), (history[1].Run.Status, history[1].OrderCount));
        Assert.Equal(
            history.Select(entry => entry.Run.CreatedAt).OrderDescending(),
            history.Select(entry => entry.Run.CreatedAt)
        );
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
    public async Task A_person_sees_the_runs_they_started_make_or_ordered_in()
    {
        var started = (await OpenAsync("U1", "C1")).Run;
        Time.Advance(TimeSpan.FromSeconds(1));
        var ordered = (await OpenAsync("U2", "C2")).Run;
        await OrderAsync(ordered, "U1");
        Time.Advance(TimeSpan.FromSeconds(1));
        var made = (await AssignedAsync("C3", "U1")).RunId;
        await ExecuteAsync(
            "UPDATE coffee_runs SET initiator_user_id = 'U2' WHERE run_id = @made; DELETE FROM orders WHERE run_id = @made",
            new { made }
        );
        await OpenWithOrdersAsync("C4", "U2");

        var own = await Runs.ListAsync(Workspace, null, null, 10, Cancellation, "U1");

        Assert.Equal([made, ordered.RunId, started.RunId], own.Select(entry => entry.Run.RunId));
        Assert.Equal(
            made,
            Assert.Single(await Runs.ListAsync(Workspace, null, RunStatus.Active, 1, Cancellation, "U1")).Run.RunId
        );
        Assert.Empty(await Runs.ListAsync(Workspace, null, null, 10, Cancellation, "U3"));
    }

    [Theory]
    [InlineData(RunStatus.Active, null, "coffee_runs_active")]
    [InlineData(null, "U7", "coffee_runs_initiator", "coffee_runs_runner", "orders_user")]
    public async Task A_list_of_few_runs_among_many_reads_indexes(
        RunStatus? status,
        string? user,
        params string[] indexes
    )
    {
        await ExecuteAsync(
            """
            INSERT INTO users (user_id, created_at, updated_at) SELECT 'U' || n, @Now, @Now FROM generate_series(0, 999) n;
            INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, runner_user_id, status, created_at, changed_at, completed_at, assigned_at)
            SELECT gen_random_uuid(), 'T1', 'C' || n, 'U' || n % 1000, 'U' || (n + 1) % 1000, (CASE WHEN done THEN 'completed' ELSE 'active' END)::run_status,
                at, at, CASE WHEN done THEN at END, at
            FROM generate_series(1, 20000) n, LATERAL (SELECT n <= 19950 AS done, @Now - make_interval(mins => 20000 - n) AS at) run;
            INSERT INTO orders (order_id, run_id, user_id, drink_type, size, customizations, created_at)
            SELECT gen_random_uuid(), run_id, 'U' || ordinality % 1000, 'Latte', 'Small', '[]', created_at
            FROM ROWS FROM (unnest(ARRAY(SELECT run_id FROM coffee_runs))) WITH ORDINALITY listed (run_id, ordinality) JOIN coffee_runs USING (run_id);
            """,
            new { Now }
        );
        await ExecuteAsync("ANALYZE coffee_runs, orders");

        var plan = string.Join(
            '\n',
            await QueryAsync<string>(
                $"EXPLAIN {RunStore.ListSql(null, null, status, user)}",
                new { userId = user, limit = 100 }
            )
        );

        Assert.All(indexes, index => Assert.Contains(index, plan));
        Assert.DoesNotContain("Seq Scan", plan);
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

    private async Task<IEnumerable<Guid>> ListAsync(
        string? workspace,
        string? channel,
        RunStatus? status,
        int limit = 10
    ) => (await Runs.ListAsync(workspace, channel, status, limit, Cancellation)).Select(entry => entry.Run.RunId);
}
