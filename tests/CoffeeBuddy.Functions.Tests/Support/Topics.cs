using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>What is in Kafka.</summary>
public sealed class Topics(string bootstrapServers)
{
    private const int Partitions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Everything that a topic holds now, as far as its key is this one.</summary>
    public IReadOnlyList<Record> Read(string topic, string key) => [.. Read(topic).Where(record => record.Key == key)];

    /// <summary>The same, once there is as much of it as expected, or more: a request does not wait long for Kafka.</summary>
    public async Task<IReadOnlyList<Record>> ReadAsync(string topic, string key, int expected)
    {
        IReadOnlyList<Record> records = [];
        await Eventually.TrueAsync(
            () => (records = Read(topic, key)).Count >= expected,
            $"{expected} records of {key} are in {topic}"
        );
        return records;
    }

    /// <summary>Everything that a topic holds now.</summary>
    public IReadOnlyList<Record> Read(string topic)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = "the-test",
                EnableAutoCommit = false,
            }
        ).Build();
        var partitions = Enumerable
            .Range(0, Partitions)
            .Select(partition => new TopicPartition(topic, partition))
            .ToList();
        var missing = partitions.Sum(partition => Extent(consumer.QueryWatermarkOffsets(partition, Patience)));
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var found = new List<Record>();
        while (missing > 0)
        {
            var result =
                consumer.Consume(Patience) ?? throw new TimeoutException($"{missing} records of {topic} did not come.");
            missing--;
            var headers = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var header in result.Message.Headers)
                headers[header.Key] = Encoding.UTF8.GetString(header.GetValueBytes() ?? []);
            found.Add(new(result.Message.Key ?? "", result.Message.Value ?? [], headers));
        }

        consumer.Close();
        return found;
    }

    public async Task WriteAsync(string topic, string key, string value, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<string, string>(
            new ProducerConfig { BootstrapServers = bootstrapServers }
        ).Build();
        var message = new Message<string, string>
        {
            Key = key,
            Value = value,
            Headers = [],
        };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        await producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken);
    }

    /// <summary>How many records of the topic the group has not done yet.</summary>
    public long Lag(string group, string topic)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = group,
                EnableAutoCommit = false,
            }
        ).Build();
        return consumer
            .Committed(
                Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(topic, partition)),
                Patience
            )
            .Sum(done =>
                consumer.QueryWatermarkOffsets(done.TopicPartition, Patience).High
                - (done.Offset == Offset.Unset ? 0 : done.Offset.Value)
            );
    }

    private static long Extent(WatermarkOffsets offsets) => offsets.High - offsets.Low;

    /// <param name="Headers">The last of each name.</param>
    public sealed record Record(string Key, byte[] Value, IReadOnlyDictionary<string, string> Headers)
    {
        public string Text => Encoding.UTF8.GetString(Value);
    }
}
