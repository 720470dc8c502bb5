using System.Text.Json;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Reads a partition's end and start out of librdkafka's statistics (STATISTICS.md). They know the end from fetch responses, so that of a
/// partition that is not fetched is as old as its pause.
/// </summary>
internal static class KafkaLag
{
    /// <param name="End">The offset the next record will have.</param>
    /// <param name="Committed">Null when the group has none.</param>
    public readonly record struct Partition(string Topic, int Number, long Start, long End, long? Committed);

    public static IReadOnlyList<Partition> Read(string statistics)
    {
        using var json = JsonDocument.Parse(statistics);
        if (!json.RootElement.TryGetProperty("topics", out var topics))
            return [];

        List<Partition> partitions = [];
        foreach (var topic in topics.EnumerateObject())
        {
            foreach (var partition in topic.Value.GetProperty("partitions").EnumerateObject())
            {
                var values = partition.Value;
                var number = values.GetProperty("partition").GetInt32();
                var end = values.GetProperty("hi_offset").GetInt64();
                var committed = values.GetProperty("committed_offset").GetInt64();
                // Partition -1 is librdkafka's own; a negative end is not known yet.
                if (number >= 0 && end >= 0)
                    partitions.Add(
                        new(
                            topic.Name,
                            number,
                            Math.Max(0, values.GetProperty("lo_offset").GetInt64()),
                            end,
                            committed < 0 ? null : committed
                        )
                    );
            }
        }

        return partitions;
    }
}
