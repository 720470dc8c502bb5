using System.Text;
using CoffeeBuddy.Sandbox;
using Confluent.Kafka;
using Support;

namespace CoffeeBuddy.Chaos.Record;

/// <summary>Reads the topics and the committed offsets, without joining the groups.</summary>
internal sealed class KafkaState(string servers)
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>Number of records that are not committed by their group.</summary>
    public long Lag() =>
        SandboxOptions.ConsumerGroups.Sum(reader =>
        {
            using var consumer = Consumer(reader.Group);
            var ends = Partitions(reader.Topic)
                .Select(partition => (Partition: partition, consumer.QueryWatermarkOffsets(partition, Limit).High));
            var committed = consumer
                .Committed(Partitions(reader.Topic), Limit)
                .ToDictionary(offset => offset.TopicPartition, offset => Math.Max(0, offset.Offset.Value));
            return ends.Sum(end => Math.Max(0, end.High.Value - committed.GetValueOrDefault(end.Partition)));
        });

    /// <summary>A header of every record of a topic.</summary>
    public List<string> Headers(string topic, string header) =>
        Read(
            topic,
            message => message.Headers.TryGetLastBytes(header, out var value) ? Encoding.UTF8.GetString(value) : ""
        );

    /// <summary>All that somebody can read who reads the topic.</summary>
    public List<string> Texts(string topic) =>
        Read(
            topic,
            message =>
            {
                var headers = string.Join(
                    ' ',
                    message.Headers.Select(header =>
                        $"{header.Key}: {Encoding.UTF8.GetString(header.GetValueBytes() ?? [])}"
                    )
                );
                var isEncrypted = message.Headers.TryGetLastBytes("ce_encryption", out _);
                return $"{message.Key} {headers} {LeakScan.TextOf(message.Value ?? [], isEncrypted)}";
            }
        );

    private List<string> Read(string topic, Func<Message<string, byte[]>, string> select)
    {
        using var consumer = Consumer($"chaos-{Guid.NewGuid()}");
        var partitions = Partitions(topic);
        consumer.Assign(partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning)));
        var found = new List<string>();
        for (var ends = 0; ends < partitions.Count; )
        {
            var result =
                consumer.Consume(Limit)
                ?? throw new InvalidOperationException($"{topic} could not be read to the end.");
            if (result.IsPartitionEOF)
                ends++;
            else
                found.Add(select(result.Message));
        }

        return found;
    }

    private IConsumer<string, byte[]> Consumer(string group) => new ConsumerBuilder<string, byte[]>(
            new ConsumerConfig
            {
                BootstrapServers = servers,
                GroupId = group,
                EnableAutoCommit = false,
                EnablePartitionEof = true,
            }
        ).SetLogHandler((_, _) => { }).SetErrorHandler((_, _) => { }).Build();

    private static List<TopicPartition> Partitions(string topic) =>
        [
            .. Enumerable
                .Range(0, SandboxOptions.Topics.Single(known => known.Topic == topic).Partitions)
                .Select(partition => new TopicPartition(topic, partition)),
        ];
}
