using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Kafka;

/// <summary>Creates the consumer of one function.</summary>
internal static partial class KafkaConsumerFactory
{
    /// <summary>librdkafka's facility for failed connections, which the error handler gets too.</summary>
    private const string BrokerFailed = "FAIL";

    public static IConsumer<byte[]?, byte[]?> Create(
        KafkaBinding binding,
        ClientConfig connection,
        KafkaHostOptions options,
        KafkaListener listener,
        ILogger logger
    )
    {
        var config = ConfigOf(binding, connection, options, listener.FunctionName);
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
            .SetErrorHandler((_, error) => listener.OnError(error))
            .SetLogHandler((_, message) => LogClient(logger, binding, message))
            .Build();
    }

    internal static ConsumerConfig ConfigOf(
        KafkaBinding binding,
        ClientConfig connection,
        KafkaHostOptions options,
        string functionName
    )
    {
        // librdkafka commits stored offsets in the background; only KafkaListener stores them.
        var config = new ConsumerConfig(new Dictionary<string, string>(connection))
        {
            GroupId = binding.Group,
            AutoOffsetReset = options.AutoOffsetReset,
            EnableAutoOffsetStore = false,
            EnableAutoCommit = true,
            AutoCommitIntervalMs = options.AutoCommitIntervalMs,
            FetchWaitMaxMs = options.FetchWaitMaxMs,
            SessionTimeoutMs = options.SessionTimeoutMs,
            HeartbeatIntervalMs = Math.Min(3_000, options.SessionTimeoutMs / 3),
            MaxPollIntervalMs = options.MaxPollIntervalMs,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
            StatisticsIntervalMs = 5_000,
            // Finds a topic that is created later within 10 s, and bounds the memory for a backlog of large records.
            TopicMetadataRefreshIntervalMs = 10_000,
            QueuedMinMessages = 1_000,
            QueuedMaxMessagesKbytes = 8_192,
        };
        if (options.GroupInstanceId is { } instance)
            config.GroupInstanceId = $"{instance}-{functionName}";
        return config;
    }

    /// <summary>
    /// Errors of librdkafka's log are warnings here: it recovers from them, and throws what it cannot recover from.
    /// </summary>
    private static void LogClient(ILogger logger, KafkaBinding binding, LogMessage message)
    {
        var level =
            message.Level <= SyslogLevel.Warning && message.Facility != BrokerFailed
                ? LogLevel.Warning
                : LogLevel.Debug;
        Log.ClientMessage(logger, level, binding.Topic, binding.Group, message.Message);
    }

    private static partial class Log
    {
        [LoggerMessage(Message = "Kafka consumer of {Topic} in group {Group}: {Text}")]
        public static partial void ClientMessage(
            ILogger logger,
            LogLevel level,
            string topic,
            string group,
            string text
        );
    }
}
