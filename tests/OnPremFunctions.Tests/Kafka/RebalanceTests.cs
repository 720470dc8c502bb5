using System.Net;
using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class RebalanceTests() : KafkaTest(partitions: 2)
{
    [Fact]
    public async Task A_paused_partition_that_was_revoked_is_fetched_again_when_it_returns()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = call => gate.Task.WaitAsync(call.Context.CancellationToken);
        var small = new Dictionary<string, string>
        {
            ["maxInFlightPerPartition"] = "4",
            ["rebalanceDrainTimeout"] = "00:00:00.1",
        };
        var values = Enumerable.Range(0, 60).Select(static number => $"{number}").ToArray();
        await using var first = await StartAsync(KafkaFunctions.One, small);
        await LogsAsync(first, "owns 2");
        await ProduceAsync([.. values.Select(static value => (value, value))!]);
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 8, "both partitions are full");

        await using (var second = await StartAsync(KafkaFunctions.One, small))
        {
            await LogsAsync(second, "was assigned 1 partitions and owns 1");
            using var impatient = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));
            await second.Host.StopAsync(impatient.Token);
        }

        await LogsAsync(first, "was assigned 1 partitions and owns 2");
        gate.SetResult();

        await DoneAsync(values);
        await Eventually.TrueAsync(() => Committed(0) + Committed(1) == values.Length, "everything is committed");
    }

    [Fact]
    public async Task The_remaining_partition_is_processed_while_the_other_waits_for_its_revocation()
    {
        var gates = new[] { new TaskCompletionSource(), new TaskCompletionSource() };
        Inbox.Handle = call =>
            call.Values[0].StartsWith("first", StringComparison.Ordinal)
                ? gates[call.Records[0].Partition].Task
                : Task.CompletedTask;
        await using var first = await StartAsync(KafkaFunctions.One, new() { ["rebalanceDrainTimeout"] = "00:01:00" });
        await LogsAsync(first, "owns 2");
        // Each partition has a running record and another of the same key behind it.
        foreach (var partition in (int[])[0, 1])
        {
            await ProduceToAsync(partition, $"first of {partition}");
            await ProduceToAsync(partition, $"second of {partition}");
        }

        await Eventually.TrueAsync(() => Inbox.Calls.Count == 2, "a record of each partition runs");

        await using var second = await StartAsync(KafkaFunctions.One);
        await LogsAsync(first, "are revoked");
        var going = first.Logs.Lines.Any(static line =>
            line.Text.Contains("[[1]] are revoked", StringComparison.Ordinal)
        )
            ? 1
            : 0;
        gates[1 - going].SetResult();

        await DoneAsync($"first of {1 - going}", $"second of {1 - going}");
        Assert.DoesNotContain(
            first.Logs.Lines,
            static line => line.Text.Contains("1 partitions of One were revoked", StringComparison.Ordinal)
        );
        gates[going].SetResult();
        await DoneAsync($"first of {going}", $"second of {going}");
    }

    [Fact]
    public async Task An_expired_session_cancels_running_invocations_and_restarts_from_the_committed_offset()
    {
        var first = new TaskCompletionSource();
        Inbox.Handle = async call =>
        {
            if (Inbox.Calls.Count == 1)
                await first.Task.WaitAsync(call.Context.CancellationToken);
        };
        await using var host = await StartAsync(KafkaFunctions.One, new() { ["sessionTimeoutMs"] = "2000" });
        await ProduceAsync(("a", "a1"));
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function runs");

        Cluster.AllBrokersDown();
        await Eventually.TrueAsync(
            () => host.Logs.Lines.Any(static line => line.Text.Contains("One lost ", StringComparison.Ordinal)),
            "the partitions are lost"
        );
        await Eventually.TrueAsync(
            () => Inbox.Calls.First().Context.CancellationToken.IsCancellationRequested,
            "the function is interrupted"
        );
        Assert.Empty(Inbox.Done);
        Cluster.AllBrokersUp();

        await DoneAsync("a1");
        await Eventually.TrueAsync(() => Committed(0) + Committed(1) == 1, "the record is committed");
        Assert.Equal(["a1"], Inbox.Done);
    }

    [Fact]
    public async Task A_consumer_with_a_fatal_error_is_replaced()
    {
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: static builder =>
                builder.Services.Configure<ClientConfig>(static client => client.Set("group.instance.id", "worker-0"))
        );
        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");

        // Another consumer has the same identity: a fatal error, after which librdkafka's consumer does nothing.
        Cluster.FailNext(MockKafkaCluster.Request.Heartbeat, ErrorCode.FencedInstanceId);
        await Eventually.TrueAsync(
            () =>
                host.Logs.Lines.Any(static line =>
                    line.Text.StartsWith("The consumer of One failed", StringComparison.Ordinal)
                ),
            "the consumer is given up"
        );
        await ProduceAsync(("a", "a2"));
        await DoneAsync("a2");

        Assert.Equal(HttpStatusCode.OK, (await host.GetAsync("/healthz/live")).StatusCode);
    }

    private static Task LogsAsync(TestHost host, string text) =>
        Eventually.TrueAsync(
            () => host.Logs.Lines.Any(line => line.Text.EndsWith(text, StringComparison.Ordinal)),
            $"the worker logs: {text}"
        );
}
