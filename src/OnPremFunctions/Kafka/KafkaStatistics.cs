using System.Text.Json;
using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>What the host reads from librdkafka's statistics (their format is in librdkafka's documentation).</summary>
/// <param name="IsConnected">At least one broker is connected, and none is failing.</param>
internal sealed record KafkaStatistics(bool IsConnected, IReadOnlyList<KafkaStatistics.PartitionState> Partitions)
{
    /// <summary>The states of a broker that is connected, or not connected because no connection is needed.</summary>
    private static readonly string[] _sound = ["UP", "UPDATE", "INIT"];

    public static KafkaStatistics Read(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        return new(IsConnectedIn(json.RootElement), PartitionsIn(json.RootElement));
    }

    private static bool IsConnectedIn(JsonElement root)
    {
        if (!root.TryGetProperty("brokers", out var brokers))
            return false;

        // Logical brokers, such as the group's coordinator, and bootstrap addresses stand for real ones.
        var states = brokers
            .EnumerateObject()
            .Where(static broker => broker.Value.GetProperty("nodeid").GetInt32() >= 0)
            .Select(static broker => broker.Value.GetProperty("state").GetString())
            .ToList();
        return states.Contains("UP") && states.TrueForAll(static state => _sound.Contains(state));
    }

    private static List<PartitionState> PartitionsIn(JsonElement root)
    {
        if (!root.TryGetProperty("topics", out var topics))
            return [];

        List<PartitionState> partitions = [];
        foreach (var topic in topics.EnumerateObject())
        {
            foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
            {
                var values = partition.Value;
                long Number(string name) => values.GetProperty(name).GetInt64();
                var number = values.GetProperty("partition").GetInt32();
                // Partition -1 is internal to librdkafka. A negative end is not known yet.
                if (number < 0 || Number("hi_offset") < 0)
                    continue;
                partitions.Add(
                    new(
                        new TopicPartition(topic.Name, number),
                        Start: Math.Max(0, Number("lo_offset")),
                        End: Number("hi_offset"),
                        Committed: Number("committed_offset") is >= 0 and var committed ? committed : null,
                        Next: Number("next_offset"),
                        IsQueueEmpty: Number("fetchq_cnt") == 0
                    )
                );
            }
        }

        return partitions;
    }

    /// <param name="Start">The offset of the oldest record.</param>
    /// <param name="End">
    /// The offset of the next record to be produced. It comes from fetch responses, so it is not updated while the
    /// partition is paused.
    /// </param>
    /// <param name="Committed">Null when the group has committed none.</param>
    /// <param name="Next">The offset that is fetched next; negative when it is not known yet.</param>
    /// <param name="IsQueueEmpty">No fetched record waits to be consumed.</param>
    public readonly record struct PartitionState(
        TopicPartition Name,
        long Start,
        long End,
        long? Committed,
        long Next,
        bool IsQueueEmpty
    )
    {
        /// <summary>
        /// True when <see cref="Next"/> can be committed and has to be: the group has no offset here, or one whose
        /// record is deleted, and no record before <see cref="Next"/> is still to be processed.
        /// </summary>
        public bool IsUncommitted => Next >= Start && (Committed ?? -1) < Start && (Next == Start || IsQueueEmpty);

        /// <summary>The offset of the first record to process, of a partition that has had none.</summary>
        public long Untouched(AutoOffsetReset reset) =>
            Committed is { } committed ? Math.Max(committed, Start)
            : reset == AutoOffsetReset.Earliest ? Start
            : End;
    }
}
