using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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

    /// <summary>What the polls return, in order. Later polls return nothing.</summary>
    private void Poll(params Func<ConsumeResult<byte[]?, byte[]?>>[] results)
    {
        var poll = -1;
        _consumer
            .Setup(static consumer => consumer.Consume(It.IsAny<TimeSpan>()))
            .Returns((TimeSpan wait) => ++poll < results.Length ? results[poll]() : Wait(wait));
    }

    private async Task StartAsync()
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
            state.Options.Kafka,
            scheduler,
            processor,
            services.GetRequiredService<FunctionMetrics>(),
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
