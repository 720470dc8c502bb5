using System.Globalization;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Data.Recovery;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;

namespace CoffeeBuddy.Functions.Recovery;

/// <summary>
/// A topic and the consumer group of its function. This is the group's only member: it reads all that the topic has,
/// and then sets the group's positions back.
/// </summary>
internal sealed class ReplayedTopic : IDisposable
{
    /// <summary>Longer than the session of a worker that was killed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    private readonly string _topic;
    private readonly IConsumer<byte[]?, byte[]?> _consumer;
    private readonly Dictionary<TopicPartition, Offset> _starts = [];
    private Error? _refusal;

    public ReplayedTopic(KafkaOptions options, string topic, string group)
    {
        _topic = topic;
        var config = new ConsumerConfig
        {
            GroupId = group,
            EnableAutoCommit = false,
            EnablePartitionEof = true,
            // As the workers: if this process is killed, they do not wait for long.
            SessionTimeoutMs = 9_000,
            PartitionAssignmentStrategy = PartitionAssignmentStrategy.CooperativeSticky,
        };
        options.Configure(config);
        _consumer = new ConsumerBuilder<byte[]?, byte[]?>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, error) =>
                    _refusal = error.Code is ErrorCode.Local_Authentication or ErrorCode.Local_Ssl ? error : _refusal
            )
            .SetPartitionsAssignedHandler(
                (_, partitions) => partitions.Select(partition => new TopicPartitionOffset(partition, Offset.Beginning))
            )
            .SetPartitionsRevokedHandler((_, _) => { })
            .Build();
    }

    /// <summary>Reads the topic to its end.</summary>
    /// <param name="since">By Kafka's time of a record.</param>
    /// <returns>The records since then. Their partitions have an order, the topic has none.</returns>
    /// <exception cref="InvalidOperationException">A worker is a member of the group.</exception>
    /// <exception cref="KafkaException">Kafka cannot be used.</exception>
    public IReadOnlyList<ConsumeResult<byte[]?, byte[]?>> Read(DateTimeOffset since)
    {
        var partitions = CountPartitions();
        var records = new List<ConsumeResult<byte[]?, byte[]?>>();
        var ended = new HashSet<int>();
        _consumer.Subscribe(_topic);
        for (var progress = TimeProvider.System.GetTimestamp(); ended.Count < partitions; )
        {
            var result = _consumer.Consume(Poll);
            if (_refusal is not null)
                throw new KafkaException(_refusal);
            if (result is null)
            {
                if (TimeProvider.System.GetElapsedTime(progress) < Patience)
                    continue;
                throw _consumer.Assignment.Count < partitions
                    ? new InvalidOperationException(
                        $"Workers process {_topic}. Stop all workers of role kafka. Nothing was done."
                    )
                    : new KafkaException(ErrorCode.Local_TimedOut);
            }

            progress = TimeProvider.System.GetTimestamp();
            if (result.IsPartitionEOF)
            {
                ended.Add(result.Partition.Value);
                _starts.TryAdd(result.TopicPartition, result.Offset);
            }
            else if (result.Message.Timestamp.UtcDateTime >= since.UtcDateTime)
            {
                records.Add(result);
                _starts.TryAdd(result.TopicPartition, result.Offset);
            }
        }

        return records;
    }

    /// <summary>
    /// Sets the group's positions back to the first records that were read. A position before them stays: what waited
    /// at the time of the backup is not skipped.
    /// </summary>
    /// <exception cref="KafkaException">Kafka refuses it, as when a worker has joined the group.</exception>
    public void Rewind()
    {
        var positions = _consumer
            .Committed(_starts.Keys, Patience)
            .Where(committed => committed.Offset.Value > _starts[committed.TopicPartition].Value)
            .Select(committed => new TopicPartitionOffset(committed.TopicPartition, _starts[committed.TopicPartition]))
            .ToList();
        if (positions.Count > 0)
            _consumer.Commit(positions);
    }

    /// <returns>Why the record's signature does not count; null when it does.</returns>
    public static string? FaultOf(ConsumeResult<byte[]?, byte[]?> record, RecordSeal seal) =>
        seal.TryOpen(record.Topic, record.Message, out _, out var fault) ? null : fault;

    /// <summary>Reads a record as an event of a run; null when it is none, or is not signed as required.</summary>
    public static KeptEvent? ReadEvent(ConsumeResult<byte[]?, byte[]?> record, RecordSeal seal)
    {
        if (!seal.TryOpen(record.Topic, record.Message, out var value, out _))
            return null;
        if (record.Message.Headers.Text("ce_type") is not { } type || !EventTypes.IsOfRun(type))
            return null;
        var at = DateTimeOffset.TryParse(
            record.Message.Headers.Text("ce_time"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : new DateTimeOffset(record.Message.Timestamp.UtcDateTime);
        try
        {
            var data = EventData.Parse(Encoding.UTF8.GetString(value));
            return data.RunId == Guid.Empty ? null : new(type, at, data);
        }
        catch (JsonException)
        {
            // Its function dead-letters it again.
            return null;
        }
    }

    public void Dispose()
    {
        // Leaves the group, so that the workers get their partitions at once.
        _consumer.Close();
        _consumer.Dispose();
    }

    private int CountPartitions()
    {
        // Through the consumer's connection: a separate admin client would create a missing topic.
        using var admin = new DependentAdminClientBuilder(_consumer.Handle).Build();
        var topic = admin.GetMetadata(_topic, Patience).Topics.Single();
        return topic.Error.Code switch
        {
            ErrorCode.NoError => topic.Partitions.Count,
            ErrorCode.UnknownTopicOrPart => throw new KafkaException(
                new Error(topic.Error.Code, $"the topic {_topic} does not exist")
            ),
            _ => throw new KafkaException(topic.Error),
        };
    }
}
