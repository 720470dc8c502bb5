using System.Net;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class LifecycleTests() : KafkaTest(partitions: 6)
{
    [Fact]
    public async Task Draining_waits_for_running_invocations_and_leaves_the_other_records()
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
    public async Task The_record_of_a_cancelled_invocation_is_not_done()
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
    public async Task Two_workers_share_a_topic_without_loss_or_disorder_while_one_joins_and_leaves()
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

        // No worker was killed, so no record is processed twice, except when the broker refused the commit of a revoked
        // partition. Only the mock broker does: it makes a member rejoin whose SyncGroup arrives after the leader's,
        // and refuses commits until then.
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
    public async Task A_worker_is_ready_after_joining_its_group_and_survives_a_broker_outage()
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
    public async Task A_worker_can_stop_while_its_brokers_are_unreachable()
    {
        // An uncommitted offset makes librdkafka wait for its brokers when it leaves.
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
    public async Task A_worker_stops_without_waiting_for_a_stuck_function_and_its_consumer_leaves_later()
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
        // The producer keeps the order of the records.
        await ProduceAsync([.. records.Select(static record => ((string?)record.Key, record.Value))]);
    }
}
