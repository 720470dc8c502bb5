namespace CoffeeBuddy.Scaling.Keda;

/// <param name="Demand">What the metrics ask for, before windows, policies and limits.</param>
/// <param name="Replicas">What the autoscaler sets.</param>
internal sealed record Decision(int Demand, int Replicas);

/// <summary>
/// Kubernetes' HorizontalPodAutoscaler with external metrics of type AverageValue, which is what KEDA makes of a
/// ScaledObject (kubernetes/kubernetes, pkg/controller/podautoscaler).
/// </summary>
internal sealed class Autoscaler
{
    /// <summary>Default of <c>--horizontal-pod-autoscaler-sync-period</c>.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);

    /// <summary>Default of <c>--horizontal-pod-autoscaler-tolerance</c>.</summary>
    private const double Tolerance = 0.1;

    private readonly ScaledObject _scaled;
    private readonly List<(TimeSpan At, int Demand)> _demands;
    private readonly List<(TimeSpan At, int Change)> _changes = [];

    /// <param name="now">Time since any moment.</param>
    /// <param name="replicas">The number that it finds. It counts as the first demand.</param>
    public Autoscaler(ScaledObject scaled, TimeSpan now, int replicas)
    {
        _scaled = scaled;
        _demands = [(now, replicas)];
    }

    /// <summary>One round of the autoscaler.</summary>
    public Decision Decide(TimeSpan now, int current, IEnumerable<Metric> metrics)
    {
        // The metric that asks for most decides.
        var demand = metrics.Max(metric => Demand(metric, current));
        var replicas = Math.Clamp(
            Stabilized(now, current, demand),
            Math.Max(1, _scaled.MinReplicas),
            _scaled.MaxReplicas
        );
        replicas =
            replicas > current ? Math.Min(replicas, Most(now, current))
            : replicas < current ? Math.Max(replicas, Fewest(now, current))
            : current;
        if (replicas != current)
            _changes.Add((now, replicas - current));
        return new(demand, replicas);
    }

    private static int Demand(Metric metric, int current)
    {
        var ratio = metric.Value / ((double)metric.Target * current);
        return ratio is >= 1 - Tolerance and <= 1 + Tolerance
            ? current
            : (int)Math.Ceiling(metric.Value / (double)metric.Target);
    }

    /// <summary>Up only to the least, down only to the most that was asked for within the window.</summary>
    private int Stabilized(TimeSpan now, int current, int demand)
    {
        var up = _demands
            .Where(each => each.At > now - _scaled.ScaleUp.StabilizationWindow)
            .Select(each => each.Demand);
        var down = _demands
            .Where(each => each.At > now - _scaled.ScaleDown.StabilizationWindow)
            .Select(each => each.Demand);
        var (least, most) = (up.Append(demand).Min(), down.Append(demand).Max());
        _demands.Add((now, demand));
        return Math.Min(Math.Max(current, least), most);
    }

    private int Most(TimeSpan now, int current) =>
        Math.Max(
            current,
            _scaled.ScaleUp.Policies.Max(policy =>
            {
                var before = Before(now, current, policy);
                return policy.IsPercent
                    ? (int)Math.Ceiling(before * (1 + (policy.Value / 100.0)))
                    : before + policy.Value;
            })
        );

    private int Fewest(TimeSpan now, int current) =>
        Math.Min(
            current,
            _scaled.ScaleDown.Policies.Min(policy =>
            {
                var before = Before(now, current, policy);
                return policy.IsPercent ? (int)(before * (1 - (policy.Value / 100.0))) : before - policy.Value;
            })
        );

    /// <summary>The number of replicas when the policy's period began.</summary>
    private int Before(TimeSpan now, int current, ScalingPolicy policy) =>
        current - _changes.Where(each => each.At > now - policy.Period).Sum(each => each.Change);
}
