using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.People;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// The run was meaningful: people worked, and every target was struck. Without that, all other invariants hold
/// trivially.
/// </summary>
internal static class WorkInvariants
{
    /// <summary>The amount of work, and the required minimum.</summary>
    /// <param name="audited">Number of audit rows by type.</param>
    public static IEnumerable<Done> Work(
        PromiseBook book,
        IReadOnlyDictionary<string, long> audited,
        TimeSpan duration
    ) =>
        [
            new("orders promised", book.Orders.Count(order => order.Outcome == Outcome.Promised), Floor(40, duration)),
            new("orders withdrawn", audited.GetValueOrDefault("order_withdrawn"), Floor(3, duration)),
            new("runs completed", audited.GetValueOrDefault("run_completed"), Floor(1, duration)),
            new("cancellations answered", book.Cancels.Count, Floor(1, duration)),
        ];

    public static IEnumerable<Invariant> All(
        Evidence evidence,
        IReadOnlyList<Sample> samples,
        IReadOnlyList<Fault> faults,
        IReadOnlyCollection<string> failures,
        TimeSpan duration
    )
    {
        Done[] work =
        [
            .. Work(
                evidence.Book,
                evidence.Audit.GroupBy(row => row.Type).ToDictionary(type => type.Key, type => type.LongCount()),
                duration
            ),
            new("messages posted", evidence.Posts.Count, Floor(60, duration)),
            .. faults
                .Select(fault => fault.Target)
                .Distinct()
                .Select(target => new Done(
                    $"faults of {target}",
                    evidence.Incidents.Count(incident => incident.Target == target),
                    Floor(1, duration)
                )),
            .. Workers.Roles.Select(role => new Done(
                $"samples of {role} with connections",
                samples.Count(sample => sample.Role == role && sample.Connections > 0),
                Floor(3, duration)
            )),
        ];
        yield return Invariant.Each(
            "people worked, and every target was struck",
            work,
            done => done.IsEnough ? null : $"{done.Count} {done.What}, at least {done.AtLeast} were expected"
        );
        yield return new("every fault could be started and ended", evidence.Incidents.Count, [.. failures]);
        yield return new(
            "no worker ended unexpectedly",
            evidence.Incidents.Count(incident =>
                incident.Target is Target.Http or Target.Kafka or Target.Timer or Target.Scale
            ),
            [.. evidence.Ends.Where(end => !Excused(end)).Select(end => $"{end}")],
            $"{evidence.Ends.Count(Excused)} did not start while a part was down"
        );

        bool Excused(WorkerEnd end) =>
            end.Starting
            && evidence.Incidents.Any(incident =>
                incident.Target is Target.Database or Target.Brokers
                && incident.From <= end.To
                && incident.To >= end.From
            );
    }

    // The minimum for one minute. In proportion for a shorter run, but at least 1.
    private static int Floor(int inAMinute, TimeSpan duration) =>
        Math.Max(1, (int)(inAMinute * Math.Min(1, duration.TotalMinutes)));

    internal sealed record Done(string What, long Count, int AtLeast)
    {
        public bool IsEnough => Count >= AtLeast;
    }
}
