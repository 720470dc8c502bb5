using CoffeeBuddy.Sandbox;
using Confluent.Kafka;

namespace CoffeeBuddy.Scaling;

internal static class DeadLetters
{
    private const string Topic = "coffee.deadletter";
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(1);

    /// <summary>The partitions that have dead letters, with their number.</summary>
    public static IEnumerable<string> Read(string servers)
    {
        using var consumer = new ConsumerBuilder<byte[], byte[]>(
            new ConsumerConfig { BootstrapServers = servers, GroupId = "scaling" }
        ).Build();
        for (var partition = 0; partition < SandboxOptions.Topics.Single(t => t.Topic == Topic).Partitions; partition++)
        {
            var extent = consumer.QueryWatermarkOffsets(new TopicPartition(Topic, partition), Limit);
            if (extent.High > extent.Low)
                yield return $"[{partition}]: {extent.High - extent.Low}";
        }
    }
}
