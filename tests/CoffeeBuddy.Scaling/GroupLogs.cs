using System.Globalization;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Scaling;

/// <summary>What the workers log about their consumer groups.</summary>
internal sealed class GroupLogs(string folder)
{
    /// <summary>Changes of one group that are closer together are one rebalance: cooperative assignment takes two
    /// rounds.</summary>
    private static readonly TimeSpan Apart = TimeSpan.FromSeconds(10);

    private sealed record Change(
        string Worker,
        string Function,
        DateTimeOffset At,
        int Revoked,
        bool Lost,
        bool Leaving
    );

    /// <summary>Rebalances of all groups after the given time.</summary>
    public int Rebalances(DateTimeOffset after) =>
        Changes(after)
            .GroupBy(change => change.Function)
            .Sum(group =>
            {
                var times = group.Select(change => change.At).Order().ToList();
                return times.Zip(times.Skip(1)).Count(pair => pair.Second - pair.First > Apart) + 1;
            });

    /// <summary>Partitions that a worker lost without having committed them.</summary>
    public int Losses(DateTimeOffset after) => Changes(after).Count(change => change.Lost);

    /// <summary>Partitions that were taken from workers which stayed.</summary>
    public int TakenFromStaying(DateTimeOffset after)
    {
        var changes = Changes(after);
        var left = changes
            .Where(change => change.Leaving)
            .GroupBy(change => (change.Worker, change.Function))
            .ToDictionary(group => group.Key, group => group.Min(change => change.At));
        return changes
            .Where(change => !(left.TryGetValue((change.Worker, change.Function), out var at) && change.At >= at))
            .Sum(change => change.Revoked);
    }

    private List<Change> Changes(DateTimeOffset after)
    {
        var changes = new List<Change>();
        foreach (var file in Directory.EnumerateFiles(folder, "kafka*.log"))
        {
            foreach (var line in Lines(file))
            {
                // The event's text is read, because the logs have no other name for it.
                var (assigned, revoked, lost, leaving) = (
                    line.Contains("was assigned {Count} partitions", StringComparison.Ordinal),
                    line.Contains("partitions of {Function} were revoked", StringComparison.Ordinal),
                    line.Contains("{Function} lost {Count} partitions", StringComparison.Ordinal),
                    line.Contains("{Function} takes no more records", StringComparison.Ordinal)
                );
                if (!(assigned || revoked || lost || leaving))
                    continue;
                var json = JsonNode.Parse(line)!;
                var at = DateTimeOffset.Parse(
                    (string)json["Timestamp"]!,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal
                );
                if (at < after)
                    continue;
                var state = json["State"]!;
                changes.Add(
                    new(file, (string)state["Function"]!, at, revoked ? (int)state["Count"]! : 0, lost, leaving)
                );
            }
        }

        return changes;
    }

    private static List<string> Lines(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(stream);
        return [.. reader.ReadToEnd().Split('\n').Where(line => line.StartsWith('{') && line.EndsWith('}'))];
    }
}
