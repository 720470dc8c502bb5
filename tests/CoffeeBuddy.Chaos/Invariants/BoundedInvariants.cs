using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// The workers' resources do not grow: the average of the last third of the time is compared with that of the first.
/// </summary>
internal static class BoundedInvariants
{
    public const int PoolLimit = 20;

    // .NET's heap and thread pool grow during about the first minute.
    public const double MemoryMargin = 96;
    public const double MemoryShare = 1.35;
    public const int ThreadMargin = 15;

    // Queues are long while a broker is down. A queue grows if its minimum in a third of the time rises. This needs
    // enough samples; in any case the queues must be empty at the end.
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
            "memory does not grow",
            steady,
            sample => sample.MemoryMiB,
            first => Math.Max(first * MemoryShare, first + MemoryMargin),
            "MiB"
        );
        yield return Flat(
            "threads do not grow",
            steady,
            sample => sample.Threads,
            first => first + ThreadMargin,
            "threads"
        );
        // During the faults a burst can use the whole pool, so only one that stays in use is a leak.
        yield return new(
            "no connection stays in use",
            samples.All.Count(sample => sample.Busy is not null),
            samples.InUseAtRest switch
            {
                0 => [],
                { } stuck => [$"{stuck} are in use at the end"],
                null => ["the connections at the end are not known"],
            },
            $"at most {samples.All.Max(sample => sample.Busy)} of a worker were in use"
        );
        var backlogs = samples.Backlogs;
        var (first, last) = (Waiting(backlogs, 0), Waiting(backlogs, 2));
        var (early, late) = (first.DefaultIfEmpty().Min(), last.DefaultIfEmpty().Min());
        var grows = Math.Min(first.Count, last.Count) >= FewestLooks && late > early + QueueMargin;
        yield return new(
            "queues do not grow, and are empty at the end",
            backlogs.Count,
            [
                .. grows
                    ?
                    [
                        $"at least {early:0} waited in the first third, {late:0} in the last, at most {early + QueueMargin:0} allowed",
                    ]
                    : Array.Empty<string>(),
                .. samples.AtRest != 0
                    ?
                    [
                        samples.AtRest is { } left
                            ? $"{left:0} are waiting at the end"
                            : "not every role reports its queue at the end",
                    ]
                    : Array.Empty<string>(),
            ],
            $"at least {early:0} in the first third and {late:0} in the last, at most {backlogs.Select(backlog => backlog.Waiting).DefaultIfEmpty().Max():0} waited"
        );
    }

    /// <summary>
    /// The processes to compare, each with itself: those that lived for a third of the time, or the longest-lived one
    /// of the role.
    /// </summary>
    public static IEnumerable<IGrouping<string, Sample>> Steady(IEnumerable<Sample> ofRole, TimeSpan time)
    {
        var processes = ofRole.GroupBy(sample => $"{sample.Role} {sample.ProcessId}").OrderByDescending(Life).ToList();
        return processes.Where((process, index) => index == 0 || Life(process) >= time / 3);
    }

    /// <summary>The average over one third of the time span of these samples.</summary>
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
