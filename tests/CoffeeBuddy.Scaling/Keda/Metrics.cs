namespace CoffeeBuddy.Scaling.Keda;

/// <summary>KEDA between Kafka and the autoscaler: its loop asks the scaler of each trigger, and the autoscaler asks
/// KEDA.</summary>
internal sealed class Metrics(ScaledObject scaled, Func<KafkaTrigger, IReadOnlyCollection<PartitionPosition>> positions)
{
    private readonly List<KafkaScaler> _scalers = [.. scaled.Triggers.Select(trigger => new KafkaScaler(trigger))];
    private readonly Dictionary<KafkaTrigger, long> _cached = [];

    /// <summary>One round of KEDA's loop, every <see cref="ScaledObject.PollingInterval"/>.</summary>
    public void Poll()
    {
        foreach (var scaler in _scalers)
            _cached[scaler.Trigger] = scaler.Request(positions(scaler.Trigger));
    }

    /// <summary>A request of the autoscaler. Without cached metrics it is one more request of the scaler.</summary>
    public IReadOnlyList<Metric> Read() =>
        [
            .. _scalers.Select(scaler => new Metric(
                scaler.Trigger.Topic,
                scaler.Trigger.UseCachedMetrics && _cached.TryGetValue(scaler.Trigger, out var lag)
                    ? lag
                    : scaler.Request(positions(scaler.Trigger)),
                scaler.Trigger.LagThreshold
            )),
        ];
}

/// <param name="Target">The value for each replica.</param>
internal sealed record Metric(string Topic, long Value, long Target);
