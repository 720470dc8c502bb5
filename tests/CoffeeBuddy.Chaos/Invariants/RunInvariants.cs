using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Every run has one runner and ends, and every request to the app is handled once.</summary>
internal static class RunInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence) =>
        [
            Invariant.Each(
                "at most one active run per channel",
                evidence.Runs.Values.GroupBy(run => run.Channel),
                channel =>
                    channel.Count(run => run.IsActive) > 1
                        ? $"{channel.Key}: {string.Join(", ", channel.Where(run => run.IsActive).Select(run => run.Id))}"
                        : null
            ),
            Invariant.Each(
                "at most one runner per run, one if it should",
                evidence.Runs.Values,
                run => Runner(evidence, run)
            ),
            Invariant.Each("no run is stuck", evidence.Runs.Values.Where(run => run.IsActive), Stuck),
            Invariant.Each(
                "a run whose cancellation was answered is cancelled",
                evidence.Book.Cancels,
                cancel =>
                    evidence.Runs.Values.Any(run =>
                        run.Status == "cancelled"
                        && run.Channel == cancel.Channel
                        && run.ClosedBy == cancel.Person
                        && run.ClosedAt >= cancel.Sent.UtcDateTime.AddSeconds(-1)
                        && run.ClosedAt <= cancel.Answered.UtcDateTime.AddSeconds(1)
                    )
                        ? null
                        : $"{cancel.Person} in {cancel.Channel} at {cancel.Answered:HH:mm:ss.fff}"
            ),
            Invariant.Each(
                "what was accepted for later is done, once",
                evidence.Asked.Where(asked => asked.Answered).DistinctBy(asked => asked.Id),
                asked => Handled(evidence, asked)
            ),
            new("nothing is dead-lettered", evidence.OnKafka.Values.Sum(topic => topic.Count), evidence.DeadLetters),
        ];

    private static string? Runner(Evidence evidence, Run run)
    {
        var named = evidence
            .AuditOf[run.Id]
            .Where(row => row.Type == "runner_assigned")
            .Select(row => row.Runner)
            .ToList();
        var asked = evidence
            .PostsOf[run.Id]
            .Where(post =>
                post.Kind == MessageKinds.RunnerDm
                || post.Kind.StartsWith(MessageKinds.Reminder, StringComparison.Ordinal)
            )
            .Select(post => post.Recipient)
            .Concat(
                evidence
                    .PostsOf[run.Id]
                    .Where(post => post.Kind == MessageKinds.Assignment)
                    .SelectMany(post => post.Mentions)
            )
            .Distinct()
            .ToList();
        if (named.Count > 1)
            return $"run {run.Id}: assigned {named.Count} times";
        if (named.Count == 1 && named[0] != run.Runner)
            return $"run {run.Id}: {run.Runner} is stored, {named[0]} was chosen";
        if (asked.Exists(person => person != run.Runner))
            return $"run {run.Id}: {string.Join(" and ", asked)} were asked, {run.Runner ?? "nobody"} is stored";
        if (run.Runner is not null)
            return null;
        var orders = evidence.OrdersOf[run.Id].Count();
        if (run.Status == "completed")
            return $"run {run.Id} is completed without a runner";
        return run.IsActive && (orders >= 3 || run.Deadline < evidence.Now)
            ? $"run {run.Id} with {orders} orders has no runner"
            : null;
    }

    private static string? Stuck(Run run) =>
        run.Runner is null
            ? $"run {run.Id} in {run.Channel}, since {run.CreatedAt:HH:mm:ss}: no runner, not cancelled either"
        : run.ReminderSentAt is null ? $"run {run.Id} in {run.Channel}: {run.Runner} was never reminded"
        : null;

    private static string? Handled(Evidence evidence, Asked asked)
    {
        if (!evidence.Processed.TryGetValue(asked.Id, out var done) || !done)
            return $"{asked.What} of {asked.Person} at {asked.At:HH:mm:ss.fff}, {asked.Id}: {(evidence.Processed.ContainsKey(asked.Id) ? "begun" : "never begun")}";
        var run = evidence.Runs.GetValueOrDefault(asked.RunId ?? Guid.Empty);
        return asked.What is "run_complete" or "run_cancel" && run is { IsActive: true } && run.Runner == asked.Person
            ? $"{asked.What} of run {run.Id} by its runner had no effect"
            : null;
    }
}
