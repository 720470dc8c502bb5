using Confluent.Kafka;
using FunctionsHost.Conformance.Rpc;
using Google.Protobuf;

namespace FunctionsHost.Conformance.Host;

/// <summary>
/// What the Kafka extension of Microsoft's host does: consumes the topics of the Kafka functions, invokes the functions
/// with the records, and again after a failure as their retry policy says. Begins behind what the topics hold already.
/// </summary>
public sealed class KafkaFeed : IAsyncDisposable
{
    private const int LargestBatch = 64;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly FunctionRpcHost _host;
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Task> _consuming = [];

    private KafkaFeed(FunctionRpcHost host) => _host = host;

    public static KafkaFeed Start(FunctionRpcHost host, string bootstrapServers)
    {
        ArgumentNullException.ThrowIfNull(host);
        var feed = new KafkaFeed(host);
        foreach (var function in host.Functions.Values.Where(function => function.TriggerType == "kafkaTrigger"))
        {
            var consumer = Consumer(bootstrapServers, function.Text("topic")!);
            feed._consuming.Add(Task.Run(() => feed.ConsumeAsync(consumer, function)));
        }

        return feed;
    }

    /// <summary>Stops. Fails when a function failed more often than its policy allows.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        try
        {
            await Task.WhenAll(_consuming);
        }
        finally
        {
            _stop.Dispose();
        }
    }

    public static KafkaRecordProto ToProto(ConsumeResult<byte[]?, byte[]?> result)
    {
        ArgumentNullException.ThrowIfNull(result);
        var record = new KafkaRecordProto
        {
            Topic = result.Topic,
            Partition = result.Partition.Value,
            Offset = result.Offset.Value,
            Timestamp = new() { UnixTimestampMs = result.Message.Timestamp.UnixTimestampMs },
        };
        if (result.Message.Key is { } key)
            record.Key = ByteString.CopyFrom(key);
        if (result.Message.Value is { } value)
            record.Value = ByteString.CopyFrom(value);
        foreach (var header in result.Message.Headers)
            record.Headers.Add(
                new KafkaHeaderProto { Key = header.Key, Value = ByteString.CopyFrom(header.GetValueBytes()) }
            );
        return record;
    }

    private static IConsumer<byte[]?, byte[]?> Consumer(string bootstrapServers, string topic)
    {
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = "conformance",
                EnableAutoCommit = false,
            }
        ).SetLogHandler((_, _) => { }).Build();
        consumer.Assign(
            Topics
                .PartitionsOf(topic)
                .Select(partition => new TopicPartitionOffset(
                    partition,
                    consumer.QueryWatermarkOffsets(partition, Guard.Timeout).High
                ))
        );
        return consumer;
    }

    private async Task ConsumeAsync(IConsumer<byte[]?, byte[]?> consumer, LoadedFunction function)
    {
        using (consumer)
        {
            while (!_stop.IsCancellationRequested)
            {
                if (consumer.Consume(Poll) is not { } first)
                    continue;
                List<KafkaRecordProto> records = [ToProto(first)];
                while (function.IsBatch && records.Count < LargestBatch && consumer.Consume(TimeSpan.Zero) is { } next)
                    records.Add(ToProto(next));
                await InvokeAsync(function, records);
            }
        }
    }

    private async Task InvokeAsync(LoadedFunction function, List<KafkaRecordProto> records)
    {
        var request = Invocations.Kafka(function, records);
        for (var retry = 1; ; retry++)
        {
            var result = (await _host.InvokeAsync(request, CancellationToken.None)).Result;
            if (result.Status == StatusResult.Types.Status.Success || _stop.IsCancellationRequested)
                return;
            if (retry > (function.Retry?.MaxRetryCount ?? 0))
                throw new InvalidOperationException($"{function.Name} failed: {result.Exception.Message}");
            await Task.Delay(function.Retry!.MinimumInterval.ToTimeSpan());
            request = request.Retry(function, retry);
        }
    }
}
