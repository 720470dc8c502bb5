using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>What the workers use stays flat: the average of the last third of the time against the first.</summary>
internal static class BoundedInvariants
{
    public const int PoolLimit = 20;

    // .NET's heap and thread pool grow until they know the load; that ends within the first minute.
    public const double MemoryMargin = 96;
    public const double MemoryShare = 1.35;
    public const int ThreadMargin = 15;

    // Of connections at work: a burst may fill the pool at any time, and Npgsql keeps idle ones for five minutes.
    public const int ConnectionMargin = 6;

    // What waits while a broker is down is done afterwards: a queue that grows is one whose ebb rises. That shows only where
    // a third of the time has ebbs: in a minute faults leave none, and the queue has to be empty at rest all the same.
    public const int QueueMargin = 100;
    public const int FewestLooks = 10;

    public static IEnumerable<Invariant> All(Samples samples)
    {
        yield return Invariant.Each(
            $"no worker holds more than {PoolLimit} connections",
            samples.All.Where(sample => sample.Connections is not null),
            sample =>
                sample.Connections > PoolLimit
                    ? $"{sample.Role} {sample.ProcessId}: {sample.Connections} at {sample.At.TotalSeconds:0} s"
                    : null
        );
        var steady = samples
            .All.GroupBy(sample => sample.Role)
            .SelectMany(role => Steady(role, samples.All.Max(sample => sample.At)))
            .ToList();
        yield return Flat(
            "memory is flat",
            steady,
            sample => sample.MemoryMiB,
            first => Math.Max(first * MemoryShare, first + MemoryMargin),
            "MiB"
        );
        yield return Flat(
            "threads are flat",
            steady,
            sample => sample.Threads,
            first => first + ThreadMargin,
            "threads"
        );
        yield return Flat(
            "connections at work are flat",
            [.. samples.All.GroupBy(sample => sample.Role)],
            sample => sample.Busy,
            first => first + ConnectionMargin,
            "connections"
        );
        var backlogs = samples.Backlogs;
        var (first, last) = (Waiting(backlogs, 0), Waiting(backlogs, 2));
        var (early, late) = (first.DefaultIfEmpty().Min(), last.DefaultIfEmpty().Min());
        var grows = Math.Min(first.Count, last.Count) >= FewestLooks && late > early + QueueMargin;
        yield return new(
            "queues are flat, and empty at rest",
            backlogs.Count,
            [
                .. grows
                    ?
                    [
                        $"at least {early:0} waited in the first third, {late:0} in the last, at most {early + QueueMargin:0} allowed",
                    ]
                    : Array.Empty<string>(),
                .. samples.AtRest != 0
                    ? [samples.AtRest is { } left ? $"{left:0} wait at rest" : "not every role says what waits at rest"]
                    : Array.Empty<string>(),
            ],
            $"at least {early:0} in the first third and {late:0} in the last, at most {backlogs.Select(backlog => backlog.Waiting).DefaultIfEmpty().Max():0} waited"
        );
    }

    /// <summary>
    /// A process is compared with itself, because its successor begins anew: those that lived for a third of the time; where
    /// a role has none, the one that lived longest.
    /// </summary>
    public static IEnumerable<IGrouping<string, Sample>> Steady(IEnumerable<Sample> ofRole, TimeSpan time)
    {
        var processes = ofRole.GroupBy(sample => $"{sample.Role} {sample.ProcessId}").OrderByDescending(Life).ToList();
        return processes.Where((process, index) => index == 0 || Life(process) >= time / 3);
    }

    /// <summary>The average of a third of the time that these samples span.</summary>
    public static double Third(IEnumerable<Sample> samples, Func<Sample, double?> value, int third) =>
        Within(samples.Where(sample => value(sample) is not null), sample => sample.At, third)
            .Select(sample => value(sample)!.Value)
            .DefaultIfEmpty()
            .Average();

    private static Invariant Flat<TKey>(
        string name,
        IReadOnlyCollection<IGrouping<TKey, Sample>> groups,
        Func<Sample, double?> value,
        Func<double, double> most,
        string unit
    ) =>
        Invariant.Each(
            name,
            groups,
            group =>
            {
                var (first, last) = (Third(group, value, 0), Third(group, value, 2));
                return last <= most(first)
                    ? null
                    : $"{group.Key}: {first:0.0} {unit} in the first third, {last:0.0} in the last, at most {most(first):0.0} allowed";
            }
        );

    private static TimeSpan Life(IEnumerable<Sample> samples) =>
        samples.Max(sample => sample.At) - samples.Min(sample => sample.At);

    private static List<double> Waiting(IEnumerable<Backlog> backlogs, int third) =>
        Within(backlogs, backlog => backlog.At, third).ConvertAll(backlog => backlog.Waiting);

    private static List<T> Within<T>(IEnumerable<T> things, Func<T, TimeSpan> at, int third)
    {
        var list = things.ToList();
        if (list.Count == 0)
            return [];
        var start = list.Min(at);
        var length = (list.Max(at) - start) / 3;
        return list.FindAll(thing =>
            at(thing) - start >= length * third && (third == 2 || at(thing) - start < length * (third + 1))
        );
    }
}
