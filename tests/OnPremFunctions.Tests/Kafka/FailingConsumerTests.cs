using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Moq;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;
using OnPremFunctions.Kafka;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

/// <summary>Failures that the mock cluster cannot produce: the consumer is a Moq.</summary>
public sealed class FailingConsumerTests : IAsyncDisposable
{
    private static readonly TopicPartition _partition = new("topic", 0);

    private readonly Inbox _inbox = new();
    private readonly Mock<IConsumer<byte[]?, byte[]?>> _consumer = new();
    private TestHost? _host;
    private KafkaListener? _listener;
    private int _consumers;

    public async ValueTask DisposeAsync()
    {
        if (_listener is not null)
        {
            await _listener.StopAsync(new CancellationToken(canceled: true));
            _listener.Dispose();
        }

        if (_host is not null)
            await _host.DisposeAsync();
    }

    [Fact]
    public async Task A_consumer_that_throws_is_replaced_and_its_records_are_processed_again()
    {
        Poll(
            () => Assigned(Record(offset: 7)),
            Nothing,
            () =>
            {
                SpinWait.SpinUntil(() => _inbox.Calls.Count == 1);
                throw new KafkaException(new Error(ErrorCode.Local_Fatal, "out of memory", isFatal: true));
            },
            () => Assigned(Record(offset: 7))
        );
        _inbox.Handle = call =>
            _inbox.Calls.Count == 1
                ? Task.Delay(Timeout.InfiniteTimeSpan, call.Context.CancellationToken)
                : Task.CompletedTask;

        await StartAsync();
        await Eventually.TrueAsync(() => _inbox.Done.Count == 1, "the record is processed by the second consumer");

        Assert.Equal((2, 2), (_consumers, _inbox.Calls.Count));
        Assert.True(_inbox.Calls.First().Context.CancellationToken.IsCancellationRequested);
        Assert.Contains(
            _host!.Logs.Lines,
            static line =>
                line.Level == LogLevel.Error
                && line.Text.StartsWith("The consumer of One failed", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_failed_commit_of_a_revoked_partition_is_logged_and_the_consumer_goes_on()
    {
        _consumer
            .Setup(static consumer => consumer.Commit(It.IsAny<IEnumerable<TopicPartitionOffset>>()))
            .Throws(new KafkaException(new Error(ErrorCode.IllegalGeneration, "not a member")));
        Poll(
            () => Assigned(Record(offset: 7)),
            Nothing,
            () =>
            {
                SpinWait.SpinUntil(() => _inbox.Done.Count == 1);
                _listener!.OnRevoked(_consumer.Object, [_partition]);
                return Nothing();
            },
            () => Assigned(Record(offset: 8))
        );

        await StartAsync();
        await Eventually.TrueAsync(() => _inbox.Done.Count == 2, "the next record is processed");

        _consumer.Verify(static consumer => consumer.StoreOffset(new TopicPartitionOffset("topic", 0, 8)));
        Assert.Equal(1, _consumers);
        Assert.Contains(
            _host!.Logs.Lines,
            static line =>
                line.Level == LogLevel.Warning
                && line.Text.StartsWith("One could not commit revoked partitions", StringComparison.Ordinal)
                && line.Text.EndsWith("not a member", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_member_id_without_partitions_does_not_make_the_worker_ready()
    {
        _consumer.Setup(static consumer => consumer.MemberId).Returns("member");
        var polls = 0;
        var partitions = new TaskCompletionSource();
        _consumer
            .Setup(static consumer => consumer.Consume(It.IsAny<TimeSpan>()))
            .Returns(
                (TimeSpan wait) =>
                {
                    Interlocked.Increment(ref polls);
                    return partitions.Task.IsCompleted ? AssignedOnce(wait) : Wait(wait);
                }
            );

        await StartAsync();
        await Eventually.TrueAsync(() => Volatile.Read(ref polls) > 3, "the consumer was polled");
        Assert.Equal("has no partitions of topic yet", _listener!.NotReadyBecause);

        partitions.SetResult();
        await Eventually.TrueAsync(() => _listener.NotReadyBecause is null, "the worker is ready");
    }

    [Fact]
    public async Task A_static_member_leaves_its_group_before_the_consumer_is_closed()
    {
        // Closing the consumer of a static member keeps its place in the group until the session ends.
        var member = "member";
        var left = false;
        _consumer.Setup(static consumer => consumer.MemberId).Returns(() => member);
        _consumer.Setup(static consumer => consumer.Unsubscribe()).Callback(() => member = "");
        _consumer.Setup(static consumer => consumer.Close()).Callback(() => left = member.Length == 0);
        Poll(() => Assigned(Record(offset: 7)));
        await StartAsync(groupInstanceId: "pod-0");
        await Eventually.TrueAsync(() => _inbox.Done.Count == 1, "the record is processed");

        await _listener!.StopAsync(TestContext.Current.CancellationToken);

        Assert.True(left);
    }

    [Fact]
    public async Task A_partition_whose_uncommitted_records_were_deleted_has_no_lag_and_gets_a_new_offset()
    {
        // 50 records were produced and deleted after the commit of offset 0.
        Poll(() =>
        {
            _listener!.OnAssigned([_partition]);
            _listener.OnStatistics(
                """
                {"brokers":{},"topics":{"topic":{"partitions":{"0":{"partition":0,"lo_offset":50,"hi_offset":50,
                "committed_offset":0,"next_offset":50,"fetchq_cnt":0}}}}}
                """
            );
            return Nothing();
        });

        await StartAsync();
        await Eventually.TrueAsync(
            async () =>
                await _host!.MetricAsync("""kafka_consumer_lag{topic="topic",partition="0",group="group"}""") == 0,
            "the lag is known"
        );

        await Eventually.TrueAsync(
            () =>
                _consumer.Invocations.Any(static call =>
                    call.Method.Name == nameof(IConsumer<byte[], byte[]>.StoreOffset)
                    && call.Arguments[0].Equals(new TopicPartitionOffset("topic", 0, 50))
                ),
            "the offset is committed"
        );
    }

    /// <summary>What the polls return, in order. Later polls return nothing.</summary>
    private void Poll(params Func<ConsumeResult<byte[]?, byte[]?>>[] results)
    {
        var poll = -1;
        _consumer
            .Setup(static consumer => consumer.Consume(It.IsAny<TimeSpan>()))
            .Returns((TimeSpan wait) => ++poll < results.Length ? results[poll]() : Wait(wait));
    }

    private async Task StartAsync(string? groupInstanceId = null)
    {
        _host = await TestHost.StartAsync(
            [typeof(KafkaFunctions)],
            new()
            {
                ["AzureFunctionsJobHost:functions:0"] = KafkaFunctions.One,
                ["Kafka:BootstrapServers"] = "127.0.0.1:1",
                ["Topic"] = "topic",
                ["Group"] = "group",
            },
            builder => builder.Services.AddSingleton(_inbox)
        );
        // The host's own listener has no broker; this one has the mock.
        var services = _host.Services;
        var state = services.GetRequiredService<HostState>();
        var function = Assert.Single(state.Functions);
        var binding = (KafkaBinding)function.Trigger;
        var scheduler = new RecordScheduler(windowLimit: 10, maxConcurrency: 1, maxBatch: 1);
        var processor = new RecordProcessor(
            function,
            binding,
            scheduler,
            services.GetRequiredService<InvocationRunner>(),
            deadLetters: null,
            state,
            services.GetRequiredService<FunctionMetrics>(),
            TimeProvider.System,
            services.GetRequiredService<ILogger<RecordProcessor>>()
        );
        _listener = new KafkaListener(
            function.Name,
            binding,
            _ =>
            {
                _consumers++;
                return _consumer.Object;
            },
            services.GetRequiredService<IOptionsMonitor<ClientConfig>>(),
            state.Options.Kafka with
            {
                GroupInstanceId = groupInstanceId,
            },
            scheduler,
            processor,
            services.GetRequiredService<FunctionMetrics>(),
            services.GetRequiredService<KafkaFailureLog>(),
            TimeProvider.System,
            services.GetRequiredService<ILogger<KafkaListener>>()
        );
        _listener.Start();
    }

    private ConsumeResult<byte[]?, byte[]?> Assigned(ConsumeResult<byte[]?, byte[]?> record)
    {
        _listener!.OnAssigned([_partition]);
        return record;
    }

    private ConsumeResult<byte[]?, byte[]?> AssignedOnce(TimeSpan wait)
    {
        _listener!.OnAssigned([_partition]);
        return Wait(wait);
    }

    private static ConsumeResult<byte[]?, byte[]?> Nothing() => null!;

    /// <summary>Blocks for the time of the poll, as a consumer without records does.</summary>
    private static ConsumeResult<byte[]?, byte[]?> Wait(TimeSpan wait)
    {
        TestContext.Current.CancellationToken.WaitHandle.WaitOne(wait);
        return Nothing();
    }

    private static ConsumeResult<byte[]?, byte[]?> Record(long offset) =>
        new()
        {
            TopicPartitionOffset = new TopicPartitionOffset(_partition, offset),
            Message = new Message<byte[]?, byte[]?> { Key = "a"u8.ToArray(), Value = "1"u8.ToArray() },
        };
}
