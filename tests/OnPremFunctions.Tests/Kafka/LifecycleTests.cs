using System.Net;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class LifecycleTests() : KafkaTest(partitions: 6)
{
    [Fact]
    public async Task Draining_lets_what_runs_end_commits_it_and_leaves_the_rest_to_others()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = _ => gate.Task;
        await using var first = await StartAsync(KafkaFunctions.One, new() { ["maxConcurrency"] = "1" });
        await ProduceAsync(("a", "running"));
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function runs");
        await ProduceAsync(("a", "queued"));

        var stopping = first.StopAsync();
        await Eventually.TrueAsync(
            async () => (await first.GetAsync("/healthz/ready")).StatusCode == HttpStatusCode.ServiceUnavailable,
            "the host is not ready"
        );
        Assert.Equal(HttpStatusCode.OK, (await first.GetAsync("/healthz/live")).StatusCode);
        Assert.False(stopping.IsCompleted);
        gate.SetResult();
        await stopping;

        Assert.Equal(["running"], Inbox.Done);
        await using var second = await StartAsync(KafkaFunctions.One);
        await DoneAsync("queued");
        Assert.Equal(["running", "queued"], Inbox.Done);
    }

    [Fact]
    public async Task A_function_that_was_interrupted_is_not_done()
    {
        Inbox.Handle = static call => Task.Delay(Timeout.InfiniteTimeSpan, call.Context.CancellationToken);
        await using (var first = await StartAsync(KafkaFunctions.One))
        {
            await ProduceAsync(("a", "a1"));
            await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function runs");
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
            await first.Host.StopAsync(impatient.Token);
        }

        Assert.Empty(Inbox.Done);
        Inbox.Handle = static _ => Task.CompletedTask;
        await using var second = await StartAsync(KafkaFunctions.One);
        await DoneAsync("a1");
    }

    [Fact]
    public async Task Two_workers_share_a_topic_and_nothing_is_lost_or_done_out_of_order_as_one_comes_and_goes()
    {
        var values = Enumerable
            .Range(0, 300)
            .Select(static number => (Key: $"{number % 17}", Value: $"{number}"))
            .ToArray();
        Inbox.Handle = static _ => Task.Delay(1, TestContext.Current.CancellationToken);
        await using var first = await StartAsync(KafkaFunctions.One);
        await first.ReadyAsync();
        await ProduceAllAsync(values[..100]);

        await using var second = await StartAsync(KafkaFunctions.One);
        await ProduceAllAsync(values[100..200]);
        await Eventually.TrueAsync(
            () => second.Logs.Lines.Any(static line => line.Text.EndsWith("owns 3", StringComparison.Ordinal)),
            "the second worker has its share"
        );
        await first.StopAsync();
        await ProduceAllAsync(values[200..]);
        await DoneAsync([.. values.Select(static record => record.Value)]);

        // Nobody was killed, so nothing had to be done twice either: but where the broker did not take the commit of what was given away.
        // The mock one, and no real one, makes a member whose SyncGroup comes after the leader's join again, and takes no commits meanwhile.
        var refused = first
            .Logs.Lines.Concat(second.Logs.Lines)
            .Any(static line =>
                line.Text.StartsWith("One could not commit revoked partitions", StringComparison.Ordinal)
                && line.Text.EndsWith(": Broker: Group rebalance in progress", StringComparison.Ordinal)
            );
        foreach (var key in values.GroupBy(static record => record.Key))
        {
            var mine = key.Select(static record => record.Value).ToHashSet(StringComparer.Ordinal);
            var done = Inbox.Done.Where(mine.Contains);
            Assert.Equal(key.Select(static record => record.Value), refused ? done.Distinct() : done);
        }
    }

    [Fact]
    public async Task A_worker_is_ready_when_it_has_joined_its_group_and_survives_its_brokers()
    {
        Cluster.AllBrokersDown();
        await using var host = await StartAsync(KafkaFunctions.One);
        using var early = await host.GetAsync("/healthz/ready");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, early.StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/admin/host/ping")).StatusCode);

        Cluster.AllBrokersUp();
        await host.ReadyAsync();
        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Cluster.AllBrokersDown();
        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/ready")).StatusCode);
        Cluster.AllBrokersUp();
        await ProduceAsync(("a", "a2"));
        await DoneAsync("a2");
    }

    [Fact]
    public async Task A_worker_stops_while_its_brokers_are_away()
    {
        // What is done and not yet committed makes librdkafka wait for its brokers.
        await using var host = await StartAsync(
            KafkaFunctions.One,
            new() { ["autoCommitIntervalMs"] = "60000", ["rebalanceDrainTimeout"] = "00:00:01" }
        );
        await host.ReadyAsync();
        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        Cluster.AllBrokersDown();
        await host.StopAsync().WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

        Assert.Contains(
            host.Logs.Lines,
            static line =>
                line.Text
                    is "One has left its consumer group"
                        or "One could not leave its consumer group within 00:00:01; its partitions are reassigned when its session expires"
        );
    }

    [Fact]
    public async Task A_worker_whose_function_does_not_end_is_given_up_on_and_its_consumer_leaves_later()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = _ => gate.Task;
        var host = await StartAsync(KafkaFunctions.One, new() { ["rebalanceDrainTimeout"] = "00:00:00.1" });
        await ProduceAsync(("a", "a1"));
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function runs");

        using (var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(50)))
            await host.Host.StopAsync(impatient.Token);
        await host.DisposeAsync();

        await Eventually.TrueAsync(
            () => host.Logs.Lines.Any(static line => line.Text == "One has left its consumer group"),
            "the consumer leaves"
        );
        gate.SetResult();
    }

    private async Task ProduceAllAsync((string Key, string Value)[] records)
    {
        // The producer keeps the order of what it is given.
        await ProduceAsync([.. records.Select(static record => ((string?)record.Key, record.Value))]);
    }
}
