using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Scaling.Keda;
using Confluent.Kafka;

namespace CoffeeBuddy.Scaling;

/// <summary>Reads the committed positions of the consumer groups and the ends of their topics.</summary>
internal sealed class GroupPositions : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    private readonly Dictionary<(string Topic, string Group), IConsumer<byte[], byte[]>> _consumers;

    public GroupPositions(string servers, IEnumerable<KafkaTrigger> triggers) =>
        _consumers = triggers.ToDictionary(
            trigger => (trigger.Topic, trigger.ConsumerGroup),
            // Without a subscription, so that it does not join the group.
            trigger => new ConsumerBuilder<byte[], byte[]>(
                    new ConsumerConfig
                    {
                        BootstrapServers = servers,
                        GroupId = trigger.ConsumerGroup,
                        EnableAutoCommit = false,
                    }
                ).SetLogHandler((_, _) => { }).Build()
        );

    public IReadOnlyCollection<PartitionPosition> Read(KafkaTrigger trigger)
    {
        var consumer = _consumers[(trigger.Topic, trigger.ConsumerGroup)];
        var partitions = Enumerable
            .Range(0, SandboxOptions.Topics.Single(known => known.Topic == trigger.Topic).Partitions)
            .Select(partition => new TopicPartition(trigger.Topic, partition))
            .ToList();
        // Before the ends, so that no lag is negative.
        return
        [
            .. consumer
                .Committed(partitions, Limit)
                .Select(committed => new PartitionPosition(
                    committed.Partition.Value,
                    committed.Offset == Offset.Unset ? null : committed.Offset.Value,
                    consumer.QueryWatermarkOffsets(committed.TopicPartition, Limit).High.Value
                )),
        ];
    }

    public void Dispose()
    {
        foreach (var consumer in _consumers.Values)
            consumer.Dispose();
    }
}
