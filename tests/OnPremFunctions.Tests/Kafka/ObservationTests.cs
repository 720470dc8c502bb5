using System.Collections.Concurrent;
using System.Diagnostics;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class ObservationTests : KafkaTest
{
    [Fact]
    public async Task The_lag_counts_records_that_are_not_done()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = _ => gate.Task;
        await using var host = await StartAsync(KafkaFunctions.One, new() { ["maxInFlightPerPartition"] = "2" });
        var lag = $$"""kafka_consumer_lag{topic="{{Topic}}",partition="0",group="{{Group}}"}""";

        await ProduceAsync(("a", "1"), ("a", "2"), ("a", "3"), ("a", "4"), ("a", "5"));
        await Eventually.TrueAsync(async () => await host.MetricAsync(lag) == 5, "five records wait");
        gate.SetResult();
        await Eventually.TrueAsync(async () => await host.MetricAsync(lag) == 0, "none waits");

        await host.StopAsync();
    }

    [Fact]
    public async Task The_lag_of_a_paused_partition_is_updated()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = _ => gate.Task;
        await using var host = await StartAsync(KafkaFunctions.One, new() { ["maxInFlightPerPartition"] = "2" });
        var lag = $$"""kafka_consumer_lag{topic="{{Topic}}",partition="0",group="{{Group}}"}""";
        await ProduceAsync(("a", "1"), ("a", "2"), ("a", "3"));
        await Eventually.TrueAsync(async () => await host.MetricAsync(lag) == 3, "three records wait");

        // The partition is paused, so only a query finds the end offset of these records.
        await ProduceAsync(("a", "4"), ("a", "5"), ("a", "6"), ("a", "7"));
        await Eventually.TrueAsync(async () => await host.MetricAsync(lag) == 7, "seven records wait");

        gate.SetResult();
        await Eventually.TrueAsync(async () => await host.MetricAsync(lag) == 0, "none waits");
    }

    [Fact]
    public async Task A_partition_that_never_had_a_record_gets_a_committed_offset()
    {
        await using var host = await StartAsync(KafkaFunctions.Quiet);

        await Eventually.TrueAsync(() => CommittedOrNull() == 0, "the group has an offset");

        Assert.Equal(
            0,
            await host.MetricAsync($$"""kafka_consumer_lag{topic="{{Topic}}",partition="0",group="{{Group}}"}""")
        );
    }

    [Fact]
    public async Task A_failed_background_commit_is_logged_and_counted()
    {
        await using var host = await StartAsync(KafkaFunctions.Many);
        const string Failures = """kafka_commit_failures_total{function="Many"}""";
        var before = await host.MetricAsync(Failures);
        Cluster.FailNext(MockKafkaCluster.Request.OffsetCommit, ErrorCode.GroupAuthorizationFailed);

        await ProduceAsync(("a", "1"));
        await Eventually.TrueAsync(async () => await host.MetricAsync(Failures) > before, "the failure is counted");
        await Eventually.TrueAsync(
            () =>
                host.Logs.Lines.Any(static line =>
                    line.Level == LogLevel.Warning
                    && line.Text.StartsWith("Many could not commit:", StringComparison.Ordinal)
                ),
            "it is told"
        );

        await ProduceAsync(("a", "2"));
        await Eventually.TrueAsync(() => Committed() == 2, "the next commit commits both");
        Assert.Single(
            host.Logs.Lines,
            static line =>
                line.Level >= LogLevel.Warning && line.Text.Contains("commit", StringComparison.OrdinalIgnoreCase)
        );
    }

    [Fact]
    public async Task Warnings_of_librdkafka_are_warnings_and_an_unreachable_broker_is_logged_once()
    {
        await using var host = await StartAsync(
            KafkaFunctions.One,
            configure: static builder =>
            {
                builder.Logging.AddFilter("OnPremFunctions.Kafka", LogLevel.Debug);
                builder.Services.Configure<ClientConfig>(static client => client.Set("linger.ms", "5"));
            }
        );
        await host.ReadyAsync();
        Assert.Contains(
            host.Logs.Lines,
            static line =>
                line.Level == LogLevel.Warning
                && line.Text.Contains("queue.buffering.max.ms is a producer property", StringComparison.Ordinal)
        );

        Cluster.AllBrokersDown();
        await Eventually.TrueAsync(
            () =>
                host.Logs.Lines.Any(static line =>
                    line.Level == LogLevel.Debug && line.Text.Contains("Connect to ipv4", StringComparison.Ordinal)
                ),
            "librdkafka says so"
        );
        Cluster.AllBrokersUp();
        await ProduceAsync(("a", "1"));
        await DoneAsync("1");

        Assert.DoesNotContain(
            host.Logs.Lines,
            static line =>
                line.Level >= LogLevel.Warning
                && line.Text.Contains("[thrd:", StringComparison.Ordinal)
                && !line.Text.Contains("producer property", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task All_series_of_a_function_exist_before_its_first_invocation()
    {
        await using var host = await StartAsync(KafkaFunctions.Quiet);

        foreach (var outcome in (string[])["success", "failure", "rejected", "timeout", "cancelled"])
            Assert.Equal(
                0,
                await host.MetricAsync($$"""functions_invocations_total{function="Quiet",outcome="{{outcome}}"}""")
            );
        Assert.Equal(0, await host.MetricAsync("""kafka_commit_failures_total{function="Quiet"}"""));
    }

    [Fact]
    public async Task Log_lines_about_a_record_have_its_trace_id_and_no_other()
    {
        const string Trace = "0af7651916cd43dd8448eb211c80319c";
        var traces = new ConcurrentQueue<(string Value, string TraceId)>();
        Inbox.Handle = call =>
        {
            traces.Enqueue((call.Values[0], $"{Activity.Current!.TraceId}"));
            return call.Values is ["bad"] ? throw new InvalidOperationException("never") : Task.CompletedTask;
        };
        await using var host = await StartAsync(KafkaFunctions.One, new() { ["maxConcurrency"] = "1" });

        await ProduceAsync(
            new Message<string?, string?>
            {
                Key = "a",
                Value = "bad",
                Headers = new Headers { { "traceparent", Bytes($"00-{Trace}-b7ad6b7169203331-01") } },
            }
        );
        await ProduceAsync(("a", "good"));
        await DoneAsync("good");

        var lines = host.Logs.Lines.ToList();
        Assert.Equal(
            Trace,
            lines.First(static line => line.Text.StartsWith("One will retry", StringComparison.Ordinal)).TraceId
        );
        Assert.Equal(
            Trace,
            lines.Single(static line => line.Text.StartsWith("One dead-lettered", StringComparison.Ordinal)).TraceId
        );
        Assert.DoesNotContain(
            Trace,
            Assert.Single(traces, static pair => pair.Value == "good").TraceId,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_function_may_run_longer_than_the_poll_interval()
    {
        var gate = new TaskCompletionSource();
        Inbox.Handle = _ => gate.Task;
        await using var host = await StartAsync(
            KafkaFunctions.One,
            new()
            {
                ["sessionTimeoutMs"] = "4000",
                ["maxPollIntervalMs"] = "4000",
                ["rebalanceDrainTimeout"] = "00:00:01",
            }
        );
        await host.ReadyAsync();

        await ProduceAsync(("a", "a1"));
        // Statistics arrive every 5 s, and only while the consumer is polled.
        await Eventually.TrueAsync(
            async () =>
                await host.MetricAsync($$"""kafka_consumer_lag{topic="{{Topic}}",partition="0",group="{{Group}}"}""")
                == 1,
            "the lag is known"
        );
        gate.SetResult();
        await Eventually.TrueAsync(() => Committed() == 1, "the record is committed");

        Assert.Single(Inbox.Calls);
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Text.Contains("lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Invocations_retries_and_durations_are_counted_by_function()
    {
        Inbox.Handle = static call =>
            call.Retry == 0 ? throw new InvalidOperationException("not yet") : Task.CompletedTask;
        await using var host = await StartAsync(KafkaFunctions.Endless);
        var before = await CountsAsync(host);

        await ProduceAsync(("a", "a1"));
        await DoneAsync("a1");
        await Eventually.TrueAsync(
            async () => (await CountsAsync(host)).Success > before.Success,
            "the success is counted"
        );

        var after = await CountsAsync(host);
        Assert.True(
            after.Failure > before.Failure && after.Retries > before.Retries && after.Durations > before.Durations
        );
        var text = await host.TextAsync("/metrics");
        Assert.Contains("functions_in_flight{function=\"Endless\"}", text, StringComparison.Ordinal);
        Assert.DoesNotContain("microsoft_aspnetcore", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("traceparent")]
    [InlineData("ce_traceparent")]
    public async Task A_function_continues_the_trace_of_its_record(string header)
    {
        const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        string? traceId = null;
        Inbox.Handle = _ =>
        {
            traceId = Activity.Current?.TraceId.ToString();
            return Task.CompletedTask;
        };
        await using var host = await StartAsync(KafkaFunctions.One);

        await ProduceAsync(
            new Message<string?, string?>
            {
                Key = "a",
                Value = "a1",
                Headers = new Headers { { header, Bytes(Parent) } },
            }
        );
        await DoneAsync("a1");

        var call = Inbox.Calls.Single();
        Assert.Equal(Parent, call.Context.TraceContext.TraceParent);
        Assert.Equal("0af7651916cd43dd8448eb211c80319c", traceId);
        Assert.Equal(Parent, Assert.Single(call.Records[0].Headers).GetValueAsString());
        Assert.Equal((Topic, 0, 0L), (call.Records[0].Topic, call.Records[0].Partition, call.Records[0].Offset));
        Assert.Equal(0L, call.Context.BindingContext.BindingData["offset"]);
        Assert.Null(call.Context.GetHttpContext());
    }

    private static async Task<(double Success, double Failure, double Retries, double Durations)> CountsAsync(
        TestHost host
    ) =>
        (
            await host.MetricAsync("""functions_invocations_total{function="Endless",outcome="success"}"""),
            await host.MetricAsync("""functions_invocations_total{function="Endless",outcome="failure"}"""),
            await host.MetricAsync("""functions_retries_total{function="Endless"}"""),
            await host.MetricAsync("""functions_duration_seconds_count{function="Endless"}""")
        );
}
