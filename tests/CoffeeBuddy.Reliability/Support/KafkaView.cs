using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Reliability.Support;

/// <summary>A record with its place.</summary>
internal sealed record StoredRecord(
    string Topic,
    int Partition,
    long Offset,
    string Key,
    IReadOnlyDictionary<string, string> Headers,
    string Text
)
{
    public string Type => Headers.GetValueOrDefault("ce_type", "");

    public string EventId => Headers.GetValueOrDefault("ce_id", "");
}

/// <summary>Looks at topics and at how far the worker's groups are.</summary>
internal static class KafkaView
{
    private const int Partitions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static IReadOnlyList<StoredRecord> Read(string servers, string topic)
    {
        using var consumer = Consumer(servers, $"test-{Guid.NewGuid():N}");
        var partitions = PartitionsOf(topic);
        var missing = partitions.Sum(partition =>
            consumer.QueryWatermarkOffsets(partition, Patience) is var extent ? extent.High - extent.Low : 0
        );
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var found = new List<StoredRecord>();
        for (; missing > 0; missing--)
            found.Add(
                Of(
                    consumer.Consume(Patience)
                        ?? throw new TimeoutException($"{missing} records of {topic} did not come.")
                )
            );
        return found;
    }

    /// <summary>The records of one key, those of a partition in order.</summary>
    public static IReadOnlyList<StoredRecord> Read(string servers, string topic, string key) =>
        [.. Read(servers, topic).Where(record => record.Key == key)];

    /// <summary>Up to which offset a group has committed a partition; 0 where it has not.</summary>
    public static long Committed(string servers, string group, string topic, int partition)
    {
        using var consumer = Consumer(servers, group);
        var offset = consumer.Committed([new TopicPartition(topic, partition)], Patience)[0].Offset;
        return offset == Offset.Unset ? 0 : offset.Value;
    }

    /// <summary>How many records of the topic the group has not done yet.</summary>
    public static long Lag(string servers, string group, string topic)
    {
        using var consumer = Consumer(servers, group);
        return consumer
            .Committed(PartitionsOf(topic), Patience)
            .Sum(done =>
                consumer.QueryWatermarkOffsets(done.TopicPartition, Patience).High
                - (done.Offset == Offset.Unset ? 0 : done.Offset.Value)
            );
    }

    public static StoredRecord Of(ConsumeResult<string, byte[]> result) =>
        new(
            result.Topic,
            result.Partition.Value,
            result.Offset.Value,
            result.Message.Key ?? "",
            result.Message.Headers.ToDictionary(
                header => header.Key,
                header => Encoding.UTF8.GetString(header.GetValueBytes()),
                StringComparer.Ordinal
            ),
            Encoding.UTF8.GetString(result.Message.Value)
        );

    public static List<TopicPartition> PartitionsOf(string topic) =>
        [.. Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(topic, partition))];

    public static IConsumer<string, byte[]> Consumer(string servers, string group) => new ConsumerBuilder<
            string,
            byte[]
        >(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = group,
                EnableAutoCommit = false,
            }
        ).SetLogHandler((_, _) => { }).Build();
}
