using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CoffeeBuddy.Sandbox.Kafka;

/// <summary>
/// Prepares a Kafka cluster that is not part of the sandbox: creates the missing topics, and deletes the records that an
/// earlier sandbox left. It refuses to delete what a running worker reads.
/// </summary>
/// <param name="consumer">Reads the first and last offset of each partition.</param>
/// <param name="keepRecords">Whether records are left, because the database is kept too.</param>
public sealed class ExternalKafka(
    IAdminClient admin,
    IConsumer<Ignore, Ignore> consumer,
    IReadOnlyList<(string Topic, int Partitions)> topics,
    bool keepRecords
)
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    /// <param name="servers"><c>host:port</c>, several separated by commas; without TLS or login.</param>
    /// <param name="keepRecords">Whether records are left, because the database is kept too.</param>
    /// <exception cref="InvalidOperationException">Kafka cannot be reached or refuses a request, a topic has another
    /// number of partitions, or workers read from the topics.</exception>
    public static async Task PrepareAsync(
        string servers,
        IReadOnlyList<(string Topic, int Partitions)> topics,
        bool keepRecords,
        CancellationToken cancellation
    )
    {
        using var consumer = new ConsumerBuilder<Ignore, Ignore>(
            new ConsumerConfig { BootstrapServers = servers, GroupId = "coffeebuddy-sandbox" }
        )
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        try
        {
            await Task.Run(
                () => new ExternalKafka(admin, consumer, topics, keepRecords).PrepareAsync(cancellation),
                cancellation
            );
        }
        catch (KafkaException exception)
        {
            throw new InvalidOperationException($"{servers} cannot be used. {exception.Error.Reason}", exception);
        }
    }

    /// <exception cref="KafkaException">Kafka cannot be reached, or refuses a request.</exception>
    /// <exception cref="InvalidOperationException">A topic has another number of partitions, or workers read from the
    /// topics. Nothing was changed.</exception>
    public async Task PrepareAsync(CancellationToken cancellation)
    {
        var (brokers, found) = Read();
        foreach (var (topic, partitions) in topics)
        {
            if (found.TryGetValue(topic, out var actual) && actual.Partitions.Count != partitions)
                throw new InvalidOperationException(
                    $"the topic {topic} has {actual.Partitions.Count} partitions instead of {partitions}. Delete it; it is created again."
                );
        }

        if (!keepRecords)
            await EmptyAsync([.. topics.Where(topic => found.ContainsKey(topic.Topic))]);
        var missing = topics.Where(topic => !found.ContainsKey(topic.Topic)).ToList();
        if (missing.Count == 0)
            return;
        await admin.CreateTopicsAsync(
            missing.Select(topic => new TopicSpecification
            {
                Name = topic.Topic,
                NumPartitions = topic.Partitions,
                ReplicationFactor = (short)Math.Min(3, brokers),
            }),
            new CreateTopicsOptions { RequestTimeout = Timeout }
        );
        await CreatedAsync(cancellation);
    }

    /// <summary>Deletes all records of these topics, if no worker reads from them.</summary>
    private async Task EmptyAsync(IReadOnlyList<(string Topic, int Partitions)> existing)
    {
        var filled = existing
            .SelectMany(topic =>
                Enumerable.Range(0, topic.Partitions).Select(partition => new TopicPartition(topic.Topic, partition))
            )
            .Select(partition => (Partition: partition, Offsets: consumer.QueryWatermarkOffsets(partition, Timeout)))
            .Where(partition => partition.Offsets.High > partition.Offsets.Low)
            .Select(partition => new TopicPartitionOffset(partition.Partition, partition.Offsets.High))
            .ToList();
        if (filled.Count == 0)
            return;
        if (await ReadingAsync() is { } group)
            throw new InvalidOperationException(
                $"workers of the consumer group {group} read from it, so the records of its topics are not deleted. Stop them, or use a Kafka that is for tests alone."
            );
        await admin.DeleteRecordsAsync(filled, new DeleteRecordsOptions { RequestTimeout = Timeout });
    }

    /// <returns>A consumer group that has members; null if none has.</returns>
    private async Task<string?> ReadingAsync()
    {
        try
        {
            var described = await admin.DescribeConsumerGroupsAsync(
                SandboxOptions.ConsumerGroups.Select(reader => reader.Group),
                new DescribeConsumerGroupsOptions { RequestTimeout = Timeout }
            );
            return WithMembers(described.ConsumerGroupDescriptions);
        }
        // Kafka 4 reports this error for a group that does not exist; older brokers report a group without members.
        catch (DescribeConsumerGroupsException exception)
            when (exception.Results.ConsumerGroupDescriptions.TrueForAll(group =>
                    group.Error.Code is ErrorCode.NoError or ErrorCode.GroupIdNotFound
                )
            )
        {
            return WithMembers(exception.Results.ConsumerGroupDescriptions);
        }

        static string? WithMembers(IEnumerable<ConsumerGroupDescription> groups) =>
            groups.FirstOrDefault(group => group.Members is { Count: > 0 })?.GroupId;
    }

    /// <summary>Waits until Kafka reports a leader for each partition.</summary>
    private async Task CreatedAsync(CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(Timeout);
        while (!topics.All(topic => Read().Topics.TryGetValue(topic.Topic, out var found) && HasLeaders(found)))
            await Task.Delay(TimeSpan.FromMilliseconds(200), limit.Token);

        static bool HasLeaders(TopicMetadata topic) => topic.Partitions.TrueForAll(partition => partition.Leader >= 0);
    }

    // Asks for all topics, because a request that names a missing topic can create it.
    private (int Brokers, Dictionary<string, TopicMetadata> Topics) Read()
    {
        var cluster = admin.GetMetadata(Timeout);
        return (
            cluster.Brokers.Count,
            cluster.Topics.ToDictionary(topic => topic.Topic, topic => topic, StringComparer.Ordinal)
        );
    }
}
