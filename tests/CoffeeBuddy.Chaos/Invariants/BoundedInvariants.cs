using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>What the workers use stays flat: by role, the average of a process in the last third against the first.</summary>
internal static class BoundedInvariants
{
    public const int PoolLimit = 20;

    // .NET's heap and thread pool grow until they know the load; that ends within the first minute.
    public const double MemoryMargin = 96;
    public const double MemoryShare = 1.35;
    public const int ThreadMargin = 15;

    // Of connections at work: a burst may fill the pool at any time, and Npgsql keeps idle ones for five minutes.
    public const int ConnectionMargin = 6;

    // What waits while a broker is down is done afterwards: a queue that grows is one whose ebb rises.
    public const int QueueMargin = 100;

    public static IEnumerable<Invariant> All(IReadOnlyList<Sample> samples)
    {
        yield return Invariant.Each(
            $"no worker holds more than {PoolLimit} connections",
            samples.Where(sample => sample.Connections is not null),
            sample => sample.Connections > PoolLimit ? $"{sample.Role} {sample.ProcessId}: {sample.Connections} at {sample.At.TotalSeconds:0} s" : null);
        var roles = samples.GroupBy(sample => sample.Role).ToList();
        yield return Flat("memory is flat", roles, sample => sample.MemoryMiB, first => Math.Max(first * MemoryShare, first + MemoryMargin), "MiB");
        yield return Flat("threads are flat", roles, sample => sample.Threads, first => first + ThreadMargin, "threads");
        yield return Flat("connections at work are flat", roles, sample => sample.Busy, first => first + ConnectionMargin, "connections");
        yield return Invariant.Each("queues are flat", roles, role =>
        {
            var (first, last) = (Within(role, sample => sample.Queue, 0).DefaultIfEmpty().Min(), Within(role, sample => sample.Queue, 2).DefaultIfEmpty().Min());
            return last <= first + QueueMargin ? null : $"{role.Key}: at least {first:0} waited in the first third, {last:0} in the last, at most {first + QueueMargin:0} allowed";
        });
    }

    private static Invariant Flat(string name, List<IGrouping<string, Sample>> roles, Func<Sample, double?> value, Func<double, double> most, string unit) =>
        Invariant.Each(name, roles, role =>
        {
            var (first, last) = (Third(role, value, 0), Third(role, value, 2));
            return last <= most(first) ? null : $"{role.Key}: {first:0.0} {unit} in the first third, {last:0.0} in the last, at most {most(first):0.0} allowed";
        });

    /// <summary>The average of a third of the time, of what one process uses.</summary>
    public static double Third(IEnumerable<Sample> samples, Func<Sample, double?> value, int third) => Within(samples, value, third).DefaultIfEmpty().Average();

    private static List<double> Within(IEnumerable<Sample> samples, Func<Sample, double?> value, int third)
    {
        var list = samples.Where(sample => value(sample) is not null).ToList();
        var length = list.Count == 0 ? TimeSpan.Zero : list.Max(sample => sample.At) / 3;
        return [.. list.Where(sample => sample.At >= length * third && (third == 2 || sample.At < length * (third + 1))).Select(sample => value(sample)!.Value)];
    }
}
