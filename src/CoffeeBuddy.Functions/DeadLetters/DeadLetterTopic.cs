using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using Confluent.Kafka.Admin;

namespace CoffeeBuddy.Functions.DeadLetters;

/// <summary>
/// Reads <c>coffee.deadletter</c> from its beginning, without committing, and writes records back to their topics.
/// </summary>
public sealed class DeadLetterTopic(KafkaOptions options) : IDisposable
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(15);

    private IProducer<byte[]?, byte[]?>? _producer;

    /// <summary>All records, ordered by partition and offset.</summary>
    /// <exception cref="KafkaException">Kafka cannot be reached, refuses the login, does not have the topic, or does not
    /// allow reading.</exception>
    public IReadOnlyList<DeadLetterRecord> Read()
    {
        Error? refusal = null;
        var config = new ConsumerConfig
        {
            GroupId = "coffeebuddy-deadletter-command",
            EnableAutoCommit = false,
            EnablePartitionEof = true,
        };
        options.Configure(config);
        var consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, error) =>
                    refusal = error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl ? error : refusal
            )
            .Build();
        var asking = Task.Run(() => Partitions(consumer));
        while (!asking.IsCompleted)
        {
            // Polling calls the error handler. The request itself ends after its timeout, and tells no cause.
            consumer.Consume(TimeSpan.FromMilliseconds(50));
            if (refusal is not null)
                throw new KafkaException(refusal);
        }

        using (consumer)
            return Read(consumer, asking.GetAwaiter().GetResult());
    }

    /// <summary>Returns once all in-sync replicas have the record.</summary>
    /// <exception cref="KafkaException">Kafka did not confirm it within 10 s.</exception>
    public Task ReplayAsync(DeadLetterRecord record, CancellationToken cancellationToken) =>
        (_producer ??= CreateProducer()).ProduceAsync(record.Topic!, record.Original(), cancellationToken);

    public void Dispose() => _producer?.Dispose();

    private static IReadOnlyList<DeadLetterRecord> Read(IConsumer<byte[]?, byte[]?> consumer, HashSet<int> missing)
    {
        consumer.Assign(
            missing.Select(partition => new TopicPartitionOffset(Topics.DeadLetter, partition, Offset.Beginning))
        );
        var records = new List<DeadLetterRecord>();
        while (missing.Count > 0)
        {
            var result = consumer.Consume(Timeout) ?? throw new KafkaException(ErrorCode.Local_TimedOut);
            if (result.IsPartitionEOF)
                missing.Remove(result.Partition.Value);
            else
                records.Add(new DeadLetterRecord(result));
        }

        return [.. records.OrderBy(record => record.Id.Partition).ThenBy(record => record.Id.Offset)];
    }

    private static HashSet<int> Partitions(IConsumer<byte[]?, byte[]?> consumer)
    {
        // Through the consumer's connection: a separate admin client would create a missing topic.
        using var admin = new DependentAdminClientBuilder(consumer.Handle).Build();
        var topic = admin.GetMetadata(Topics.DeadLetter, Timeout).Topics.Single();
        return topic.Error.Code switch
        {
            ErrorCode.NoError => [.. topic.Partitions.Select(partition => partition.PartitionId)],
            ErrorCode.UnknownTopicOrPart => throw new KafkaException(
                new Error(topic.Error.Code, $"the topic {Topics.DeadLetter} does not exist")
            ),
            _ => throw new KafkaException(topic.Error),
        };
    }

    private IProducer<byte[]?, byte[]?> CreateProducer()
    {
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            MessageTimeoutMs = 10_000,
        };
        options.Configure(config);
        return new ProducerBuilder<byte[]?, byte[]?>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, _) => { })
            .Build();
    }
}
