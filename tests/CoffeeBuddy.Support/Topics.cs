using System.Security.Cryptography;
using System.Text;
using CoffeeBuddy.Sandbox;
using Confluent.Kafka;
using Support;

namespace CoffeeBuddy.Support;

/// <summary>Reads and writes the topics, and reads how far the worker's consumer groups are.</summary>
public sealed class Topics(string bootstrapServers)
{
    /// <summary>All records that the topic has now. Those of one partition are in order.</summary>
    public IReadOnlyList<Record> Read(string topic)
    {
        using var consumer = Consumer($"test-{Guid.NewGuid():N}");
        var partitions = PartitionsOf(topic);
        var ends = partitions.ToDictionary(
            partition => partition,
            partition => consumer.QueryWatermarkOffsets(partition, Guard.Timeout)
        );
        var missing = ends.Values.Sum(extent => extent.High.Value - extent.Low.Value);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var found = new List<Record>();
        while (missing > 0)
        {
            var record =
                consumer.Consume(Guard.Timeout)
                ?? throw new TimeoutException($"{missing} records of {topic} did not arrive.");
            // Other tests write meanwhile: their later records do not count.
            if (record.Offset >= ends[record.TopicPartition].High)
                continue;
            found.Add(Record.Of(record));
            missing--;
        }
        return found;
    }

    /// <summary>The records with this key that the topic has now.</summary>
    public IReadOnlyList<Record> Read(string topic, string key) => [.. Read(topic).Where(record => record.Key == key)];

    /// <summary>Waits until the topic has this many records with the key, and returns them.</summary>
    public async Task<IReadOnlyList<Record>> ReadAsync(string topic, string key, int expected)
    {
        IReadOnlyList<Record> records = [];
        await Eventually.TrueAsync(
            () => (records = Read(topic, key)).Count >= expected,
            $"{topic} has {expected} records with key {key}"
        );
        return records;
    }

    /// <summary>Writes a record as the worker writes it: signed, and encrypted on <c>slack.events</c>.</summary>
    public Task WriteAsync(string topic, string key, string value, params (string Name, string Value)[] headers) =>
        WriteAsync(
            topic,
            SealedRecord.Seal(
                topic,
                Encoding.UTF8.GetBytes(key),
                Encoding.UTF8.GetBytes(value),
                [.. headers.Select(header => (header.Name, (byte[]?)Encoding.UTF8.GetBytes(header.Value)))]
            )
        );

    /// <summary>Writes a record as somebody writes it who has no key.</summary>
    public Task WriteUnsignedAsync(
        string topic,
        string key,
        byte[] value,
        params (string Name, byte[]? Value)[] headers
    ) => WriteAsync(topic, new(Encoding.UTF8.GetBytes(key), value, headers));

    private async Task WriteAsync(string topic, SealedRecord record)
    {
        using var producer = new ProducerBuilder<byte[]?, byte[]>(
            new ProducerConfig { BootstrapServers = bootstrapServers }
        ).Build();
        var message = new Message<byte[]?, byte[]>
        {
            Key = record.Key,
            Value = record.Value,
            Headers = [],
        };
        foreach (var (name, text) in record.Headers)
            message.Headers.Add(name, text);
        await producer.ProduceAsync(topic, message, TestContext.Current.CancellationToken);
    }

    /// <summary>The offset that the group has committed for the partition; 0 if none.</summary>
    public long Committed(string group, string topic, int partition)
    {
        using var consumer = Consumer(group);
        return Value(consumer.Committed([new TopicPartition(topic, partition)], Guard.Timeout)[0]);
    }

    /// <summary>Number of records in the topic that the group has not committed.</summary>
    public long Lag(string group, string topic)
    {
        using var consumer = Consumer(group);
        return consumer
            .Committed(PartitionsOf(topic), Guard.Timeout)
            .Sum(committed =>
                consumer.QueryWatermarkOffsets(committed.TopicPartition, Guard.Timeout).High - Value(committed)
            );
    }

    /// <summary>A consumer without subscription, so that it does not join the group.</summary>
    public IConsumer<string, byte[]> Consumer(string group) => new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = bootstrapServers,
                GroupId = group,
                EnableAutoCommit = false,
            }
        ).SetLogHandler((_, _) => { }).Build();

    public static IReadOnlyList<TopicPartition> PartitionsOf(string topic) =>
        [
            .. Enumerable
                .Range(0, SandboxOptions.Topics.Single(known => known.Topic == topic).Partitions)
                .Select(partition => new TopicPartition(topic, partition)),
        ];

    private static long Value(TopicPartitionOffset committed) =>
        committed.Offset == Offset.Unset ? 0 : committed.Offset.Value;

    /// <param name="Headers">The last value of each name.</param>
    public sealed record Record(
        string Topic,
        int Partition,
        long Offset,
        string Key,
        byte[] Value,
        IReadOnlyDictionary<string, string> Headers
    )
    {
        /// <summary>
        /// The value, decrypted where it is encrypted with the sandbox's key. Other tests write records with other keys.
        /// </summary>
        public string Text
        {
            get
            {
                try
                {
                    return Encoding.UTF8.GetString(
                        Headers.ContainsKey("ce_encryption") ? SealedRecord.Decrypt(Value) : Value
                    );
                }
                catch (CryptographicException)
                {
                    return Encoding.Latin1.GetString(Value);
                }
            }
        }

        /// <summary>All that somebody can read who reads the topic: key, headers and value.</summary>
        public string Raw
        {
            get
            {
                var headers = string.Join(' ', Headers.Select(header => $"{header.Key}: {header.Value}"));
                return $"{Key} {headers} {LeakScan.TextOf(Value, Headers.ContainsKey("ce_encryption"))}";
            }
        }

        /// <summary>The CloudEvent's type; empty if there is none.</summary>
        public string Type => Headers.GetValueOrDefault("ce_type", "");

        /// <summary>The CloudEvent's id; empty if there is none.</summary>
        public string EventId => Headers.GetValueOrDefault("ce_id", "");

        public static Record Of(ConsumeResult<string, byte[]> result)
        {
            var headers = new Dictionary<string, string>(StringComparer.Ordinal);
            foreach (var header in result.Message.Headers)
                headers[header.Key] = Encoding.UTF8.GetString(header.GetValueBytes() ?? []);
            return new(
                result.Topic,
                result.Partition.Value,
                result.Offset.Value,
                result.Message.Key ?? "",
                result.Message.Value ?? [],
                headers
            );
        }
    }
}
