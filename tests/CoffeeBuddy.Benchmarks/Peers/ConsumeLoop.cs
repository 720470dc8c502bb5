using Confluent.Kafka;

namespace CoffeeBuddy.Benchmarks.Peers;

/// <summary>The loop that somebody would write instead: with the consumer settings and the commits of the host.</summary>
internal static class ConsumeLoop
{
    public static void Run(Reading reading)
    {
        var tally = new Tally(reading);
        using var consumer = new ConsumerBuilder<byte[]?, byte[]?>(
            new ConsumerConfig
            {
                BootstrapServers = reading.Servers,
                GroupId = reading.Group,
                AutoOffsetReset = AutoOffsetReset.Earliest,
                EnableAutoOffsetStore = false,
                EnableAutoCommit = true,
                PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
                QueuedMinMessages = 1_000,
                QueuedMaxMessagesKbytes = 8_192,
            }
        ).Build();
        consumer.Subscribe(reading.Topic);
        while (true)
        {
            var record = consumer.Consume();
            consumer.StoreOffset(record);
            if (tally.Add(1))
                break;
        }

        consumer.Close();
    }
}
