using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Committed events are on Kafka, and the audit matches the stored state.</summary>
internal static class EventInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence) =>
        [Published(evidence), Runs(evidence), Orders(evidence), Preferences(evidence)];

    private static Invariant Published(Evidence evidence)
    {
        var known = evidence.OnKafka.ToDictionary(
            topic => topic.Key,
            topic => topic.Value.CountBy(id => id).ToDictionary()
        );
        var invariant = Invariant.Each(
            "every event of the outbox is on Kafka",
            evidence.Outbox,
            row =>
                !row.Published ? $"{row.Type} {row.EventId} is not published"
                : known[row.Topic].ContainsKey(row.EventId.ToString()) ? null
                : $"{row.Type} {row.EventId} is marked as published, but not on {row.Topic}"
        );
        var again = evidence.Outbox.Count(row => known[row.Topic].GetValueOrDefault(row.EventId.ToString()) > 1);
        return invariant with { Remark = $"{again} of them more than once" };
    }

    private static Invariant Runs(Evidence evidence) =>
        Invariant.Each(
            "the audit of each run matches its state",
            evidence.Runs.Values,
            run =>
            {
                var count = evidence.AuditOf[run.Id].CountBy(row => row.Type).ToDictionary();
                var expected = new Dictionary<string, bool>
                {
                    ["run_created"] = true,
                    ["runner_assigned"] = run.Runner is not null,
                    ["run_completed"] = run.Status == "completed",
                    ["run_cancelled"] = run.Status == "cancelled",
                };
                var wrong = expected
                    .Where(pair => count.GetValueOrDefault(pair.Key) != (pair.Value ? 1 : 0))
                    .Select(pair => $"{count.GetValueOrDefault(pair.Key)} {pair.Key}")
                    .ToList();
                if (count.GetValueOrDefault("reminder_sent") != run.RemindersSent)
                    wrong.Add($"{count.GetValueOrDefault("reminder_sent")} reminder_sent of {run.RemindersSent}");
                return wrong.Count == 0 ? null : $"run {run.Id} ({run.Status}): {string.Join(", ", wrong)}";
            }
        );

    /// <summary>The order of changes is that of the outbox ids, which are assigned under the lock of the run.</summary>
    private static Invariant Orders(Evidence evidence)
    {
        var standing = evidence.Orders.ToDictionary(order => (order.RunId, order.Person));
        var audited = evidence
            .Audit.Where(row => row.Type is "order_placed" or "order_withdrawn")
            .ToLookup(row => (row.RunId!.Value, row.Person!));
        var changes = evidence
            .Outbox.Where(row =>
                row is { Type: "coffee.order.placed" or "coffee.order.withdrawn", RunId: not null, Person: not null }
            )
            .ToLookup(row => (row.RunId!.Value, row.Person!));
        return Invariant.Each(
            "the audit of each order matches its state",
            audited.Select(group => group.Key).Union(standing.Keys),
            key =>
            {
                var (rows, events) = (audited[key].ToList(), changes[key].ToList());
                if (rows.Count != events.Count)
                    return $"run {key.Item1}, {key.Item2}: {rows.Count} audit rows, {events.Count} events";
                if (rows.Find(row => row.Position is null) is { } alone)
                    return $"run {key.Item1}, {key.Item2}: {alone.Type} of {alone.At:HH:mm:ss.fff} has no event";
                var (last, order) = (rows[^1], standing.GetValueOrDefault(key));
                if ((last.Type == "order_placed") != (order is not null))
                    return $"run {key.Item1}, {key.Item2}: the last change is {last.Type}, the order {(order is null ? "is gone" : "stands")}";
                return order is null || (order.Drink == last.Drink && order.Size == last.Size)
                    ? null
                    : $"run {key.Item1}, {key.Item2}: {order.Size} {order.Drink} stands, placed last was {last.Size} {last.Drink}";
            }
        );
    }

    private static Invariant Preferences(Evidence evidence)
    {
        var standing = evidence.Orders.CountBy(order => order.Person).ToDictionary();
        return Invariant.Each(
            "remembered drinks count the orders that stand",
            standing.Keys.Union(evidence.Preferences.Keys),
            person =>
                standing.GetValueOrDefault(person) == evidence.Preferences.GetValueOrDefault(person)
                    ? null
                    : $"{person}: {standing.GetValueOrDefault(person)} orders, {evidence.Preferences.GetValueOrDefault(person)} remembered"
        );
    }
}
