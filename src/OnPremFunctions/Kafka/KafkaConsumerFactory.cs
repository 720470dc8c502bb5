using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Kafka;

internal static partial class KafkaConsumerFactory
{
    public static IConsumer<byte[]?, byte[]?> Create(
        KafkaBinding binding, ClientConfig connection, KafkaHostOptions options, KafkaListener listener, ILogger logger)
    {
        // Stored offsets are committed in the background; what is stored is ours alone to say.
        var config = new ConsumerConfig(new Dictionary<string, string>(connection))
        {
            GroupId = binding.Group,
            AutoOffsetReset = options.AutoOffsetReset,
            EnableAutoOffsetStore = false,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = options.AutoCommitIntervalMs,
            SessionTimeoutMs = options.SessionTimeoutMs,
            HeartbeatIntervalMs = Math.Min(3_000, options.SessionTimeoutMs / 3),
            MaxPollIntervalMs = options.MaxPollIntervalMs,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            StatisticsIntervalMs = 5_000,
            // A topic made after the worker started is found soon, and a backlog of large records does not fill the memory.
            TopicMetadataRefreshIntervalMs = 10_000,
            QueuedMinMessages = 1_000,
            QueuedMaxMessagesKbytes = 8_192,
        };
        return new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetPartitionsAssignedHandler((_, partitions) => listener.OnAssigned(partitions))
            .SetPartitionsRevokedHandler((consumer, positions) => listener.OnRevoked(consumer, [.. positions.Select(static position => position.TopicPartition)]))
            .SetPartitionsLostHandler((consumer, positions) => listener.OnLost(consumer, [.. positions.Select(static position => position.TopicPartition)]))
            .SetStatisticsHandler((_, statistics) => listener.OnStatistics(statistics))
            .SetErrorHandler((_, error) => listener.OnError(error))
            .SetLogHandler((_, message) => Log.ClientSays(logger, binding.Topic, binding.Group, message.Message))
            .Build();
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Debug, Message = "Kafka consumer of {Topic} as {Group}: {Text}")]
        public static partial void ClientSays(ILogger logger, string topic, string group, string text);
    }
}
