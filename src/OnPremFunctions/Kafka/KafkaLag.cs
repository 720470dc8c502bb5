using System.Text.Json;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Reads the first and the end offset of partitions from librdkafka's statistics (its documentation of them). The end
/// offset comes from fetch responses, so it is not updated while a partition is paused.
/// </summary>
internal static class KafkaLag
{
    /// <param name="End">The offset of the next record to be produced.</param>
    /// <param name="Committed">Null when the group has committed none.</param>
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
                // Partition -1 is internal to librdkafka. A negative end is not known yet.
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
