using CoffeeBuddy.Chaos.Invariants;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos;

/// <summary>The output at the end.</summary>
internal sealed class Report(TextWriter output)
{
    private const int MostBreaches = 12;

    public Task CountsAsync(string title, IEnumerable<KeyValuePair<string, int>> counts)
    {
        var list = counts.ToList();
        return output.WriteLineAsync(
            $"\n{title}: {list.Sum(pair => pair.Value)}\n{string.Join('\n', list.Select(pair => $"  {pair.Value, 6}  {pair.Key}"))}"
        );
    }

    public async Task SamplesAsync(IReadOnlyList<Sample> samples)
    {
        await output.WriteLineAsync(
            $"\nResources of the longest-lived process of each role: average of the first / last third of its life, maximum of any process ({samples.Count} samples)"
        );
        foreach (var role in samples.GroupBy(sample => sample.Role).OrderBy(role => role.Key, StringComparer.Ordinal))
        {
            await output.WriteLineAsync(
                $"  {role.Key, -6}"
                    + $" memory {Line(role, sample => sample.MemoryMiB)} MiB, threads {Line(role, sample => sample.Threads)},"
                    + $" connections {Line(role, sample => sample.Connections)} of {BoundedInvariants.PoolLimit}, in use {Line(role, sample => sample.Busy)}"
            );
        }
    }

    public async Task InvariantsAsync(IReadOnlyList<Invariant> invariants)
    {
        await output.WriteLineAsync("\nInvariants");
        foreach (var invariant in invariants)
        {
            await output.WriteLineAsync(
                $"  {(invariant.Holds ? "holds " : "BROKEN")}  {invariant.Checked, 6}  {invariant.Name}{(invariant.Remark.Length > 0 ? $" ({invariant.Remark})" : "")}"
            );
            foreach (var breach in invariant.Breaches.Take(MostBreaches))
                await output.WriteLineAsync($"                  {breach}");
            if (invariant.Breaches.Count > MostBreaches)
                await output.WriteLineAsync($"                  and {invariant.Breaches.Count - MostBreaches} more");
        }
    }

    private static string Line(IEnumerable<Sample> role, Func<Sample, double?> value)
    {
        var longest = BoundedInvariants.Steady(role, TimeSpan.MaxValue).First();
        return $"{BoundedInvariants.Third(longest, value, 0):0} / {BoundedInvariants.Third(longest, value, 2):0}, {role.Max(value) ?? 0:0}";
    }
}
