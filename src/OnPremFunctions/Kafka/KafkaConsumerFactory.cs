using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Kafka;

internal static partial class KafkaConsumerFactory
{
    /// <summary>A connection that failed, which the error handler is told as well.</summary>
    private const string BrokerFailed = "FAIL";

    public static IConsumer<byte[]?, byte[]?> Create(
        KafkaBinding binding,
        ClientConfig connection,
        KafkaHostOptions options,
        KafkaListener listener,
        ILogger logger
    )
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
            .SetPartitionsRevokedHandler(
                (consumer, positions) =>
                    listener.OnRevoked(consumer, [.. positions.Select(static position => position.TopicPartition)])
            )
            .SetPartitionsLostHandler(
                (consumer, positions) =>
                    listener.OnLost(consumer, [.. positions.Select(static position => position.TopicPartition)])
            )
            .SetStatisticsHandler((_, statistics) => listener.OnStatistics(statistics))
            .SetOffsetsCommittedHandler((_, committed) => listener.OnCommitted(committed))
            .SetErrorHandler((_, error) => Log.ClientError(logger, binding.Topic, binding.Group, error.Reason))
            .SetLogHandler((_, message) => Say(logger, binding, message))
            .Build();
    }

    /// <summary>What librdkafka calls an error is at most a warning here: it goes on by itself, and what it cannot mend is thrown.</summary>
    private static void Say(ILogger logger, KafkaBinding binding, LogMessage message)
    {
        var level =
            message.Level <= SyslogLevel.Warning && message.Facility != BrokerFailed
                ? LogLevel.Warning
                : LogLevel.Debug;
        Log.ClientSays(logger, level, binding.Topic, binding.Group, message.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Kafka consumer of {Topic} as {Group}: {Reason}")]
        public static partial void ClientError(ILogger logger, string topic, string group, string reason);

        [LoggerMessage(Message = "Kafka consumer of {Topic} as {Group}: {Text}")]
        public static partial void ClientSays(ILogger logger, LogLevel level, string topic, string group, string text);
    }
}
