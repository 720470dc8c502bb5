namespace CoffeeBuddy.Scaling.Keda;

/// <summary>How far a consumer group is in a partition.</summary>
/// <param name="Committed">Null: no position is committed.</param>
/// <param name="End">The offset of the next record.</param>
internal sealed record PartitionPosition(int Partition, long? Committed, long End)
{
    public long Lag => End - (Committed ?? 0);
}

/// <summary>
/// The lag that KEDA's scaler for Apache Kafka reports for a trigger (kedacore/keda, kafka_scaler.go, 2.17 and main).
/// </summary>
internal sealed class KafkaScaler(KafkaTrigger trigger)
{
    /// <summary>The positions at the previous request.</summary>
    private readonly Dictionary<int, long> _previous = [];

    public KafkaTrigger Trigger => trigger;

    /// <summary>One request of the scaler. It remembers the positions for the next one.</summary>
    public long Request(IReadOnlyCollection<PartitionPosition> partitions)
    {
        var lags = partitions.Select(LagOf).ToList();
        // More workers than partitions would have nothing to do.
        var most = trigger.LimitToPartitionsWithLag ? lags.Count(lag => lag > 0) : partitions.Count;
        var total = lags.Sum();
        // A whole division, as in the scaler: up to almost one threshold more than the limit is not cut.
        return total / trigger.LagThreshold > most ? most * trigger.LagThreshold : total;
    }

    private long LagOf(PartitionPosition position)
    {
        // With offsetResetPolicy earliest, everything that the partition ever had.
        if (position.Committed is not { } committed)
            return trigger.ScaleToZeroOnInvalidOffset ? 0 : position.End;
        if (!trigger.ExcludePersistentLag)
            return position.Lag;
        var stands = _previous.TryGetValue(position.Partition, out var previous) && previous == committed;
        _previous[position.Partition] = committed;
        return stands ? 0 : position.Lag;
    }
}
