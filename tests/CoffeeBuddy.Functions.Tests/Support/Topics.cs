using System.Text;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>What is in Kafka.</summary>
public sealed class Topics(string bootstrapServers)
{
    private const int Partitions = 12;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Everything that a topic holds now, as far as its key is this one.</summary>
    public IReadOnlyList<Record> Read(string topic, string key)
    {
        using var consumer = new ConsumerBuilder<string, byte[]>(new ConsumerConfig { BootstrapServers = bootstrapServers, GroupId = "the-test", EnableAutoCommit = false }).Build();
        var partitions = Enumerable.Range(0, Partitions).Select(partition => new TopicPartition(topic, partition)).ToList();
        var missing = partitions.Sum(partition => Extent(consumer.QueryWatermarkOffsets(partition, Patience)));
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var found = new List<Record>();
        while (missing > 0)
        {
            var result = consumer.Consume(Patience) ?? throw new TimeoutException($"{missing} records of {topic} did not come.");
            missing--;
            if (result.Message.Key == key)
                found.Add(new(result.Message.Value, result.Message.Headers.ToDictionary(header => header.Key, header => Encoding.UTF8.GetString(header.GetValueBytes()), StringComparer.Ordinal)));
        }

        consumer.Close();
        return found;
    }

    public async Task WriteAsync(string topic, string key, string value, params (string Name, string Value)[] headers)
    {
        using var producer = new ProducerBuilder<string, string>(new ProducerConfig { BootstrapServers = bootstrapServers }).Build();
        var message = new Message<string, string> { Key = key, Value = value, Headers = [] };
        foreach (var (name, text) in headers)
            message.Headers.Add(name, Encoding.UTF8.GetBytes(text));
        await producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken);
    }

    private static long Extent(WatermarkOffsets offsets) => offsets.High - offsets.Low;

    /// <param name="Headers">The last of each name.</param>
    public sealed record Record(byte[] Value, IReadOnlyDictionary<string, string> Headers)
    {
        public string Text => Encoding.UTF8.GetString(Value);
    }
}
