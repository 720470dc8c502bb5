using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.People;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>That the run shows anything: an office that stands still, or that nothing strikes, keeps every promise.</summary>
internal static class WorkInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence, IReadOnlyList<Sample> samples, IReadOnlyCollection<string> failures, TimeSpan duration)
    {
        // Of a minute, and far below what a slow machine gives. A shorter run owes its share, and always something.
        int Floor(int inAMinute) => Math.Max(1, (int)(inAMinute * Math.Min(1, duration.TotalMinutes)));
        (string What, int Count, int Floor)[] work =
        [
            ("orders promised", evidence.Book.Orders.Count(order => order.Outcome == Outcome.Promised), Floor(40)),
            ("orders withdrawn", evidence.Audit.Count(row => row.Type == "order_withdrawn"), Floor(3)),
            ("runs completed", evidence.Runs.Values.Count(run => run.Status == "completed"), Floor(1)),
            ("cancellations answered", evidence.Book.Cancels.Count, Floor(1)),
            ("messages posted", evidence.Posts.Count, Floor(60)),
            .. Enum.GetValues<Target>().Select(target => ($"faults of {target}", evidence.Incidents.Count(incident => incident.Target == target), Floor(1))),
            .. Workers.Roles.Select(role => ($"samples of {role} with connections", samples.Count(sample => sample.Role == role && sample.Connections > 0), Floor(3))),
        ];
        yield return Invariant.Each("the office worked, and everything was struck", work, done => done.Count >= done.Floor ? null : $"{done.Count} {done.What}, at least {done.Floor} were expected");
        yield return new("every fault struck and ended", evidence.Incidents.Count, [.. failures]);
        yield return new(
            "no worker ended but in order, or as it was struck",
            evidence.Incidents.Count(incident => incident.Target is Target.Http or Target.Kafka or Target.Timer or Target.Scale),
            [.. evidence.Ends.Where(end => !Excused(end)).Select(end => $"{end}")],
            $"{evidence.Ends.Count(Excused)} did not start while a part was away");

        bool Excused(WorkerEnd end) => end.Starting
            && evidence.Incidents.Any(incident => incident.Target is Target.Database or Target.Brokers && incident.From <= end.To && incident.To >= end.From);
    }
}
