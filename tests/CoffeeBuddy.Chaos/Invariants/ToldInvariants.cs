using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Everyone who should have been told was told.</summary>
internal static class ToldInvariants
{
    /// <summary>The share of orders, and a few beside it, whose confirmation may have gone with a worker or a database.</summary>
    private const double MostStruck = 0.05;
    private const int FewStruck = 2;

    /// <summary>A worker that was frozen, or without its brokers, learns up to a session (6 s) and a rebalance (5 s) later that it lost its partitions; what it is at then is interrupted.</summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(15);

    public static IEnumerable<Invariant> All(Evidence evidence)
    {
        var inThread = evidence.Runs.Values.Where(run => run.Channel != evidence.WithoutApp).ToList();
        return
        [
            Invariant.Each(
                "every run is announced, with its orders",
                inThread,
                run =>
                    Missing(evidence, run, MessageKinds.Announcement)
                    ?? (
                        run.IsActive && evidence.OrdersOf[run.Id].Any()
                            ? Missing(evidence, run, MessageKinds.Summary)
                            : null
                    )
            ),
            Invariant.Each(
                "the thread says who goes",
                inThread.Where(run => run is { IsActive: true, Runner: not null }),
                run => Missing(evidence, run, MessageKinds.Assignment)
            ),
            Invariant.Each(
                "the thread says that a run is over; all who ordered are named",
                inThread.Where(run => !run.IsActive),
                run => Missing(evidence, run, MessageKinds.Completion) ?? Unnamed(evidence, run)
            ),
            Invariant.Each(
                "every runner has their message",
                evidence.Runs.Values.Where(run => run.Runner is not null),
                run => Missing(evidence, run, MessageKinds.RunnerDm)
            ),
            Invariant.Each(
                "every runner of a run that goes on is reminded",
                evidence.Runs.Values.Where(run => run is { IsActive: true, ReminderSentAt: not null }),
                run => Missing(evidence, run, MessageKinds.Reminder)
            ),
            Confirmed(evidence, inThread),
            Invariant.Each(
                "who starts a run where the app cannot post is told",
                evidence.Runs.Values.Where(run => run.Channel == evidence.WithoutApp && run.IsActive),
                run =>
                    evidence.Posts.Any(post => post.Kind == MessageKinds.CannotPost && post.Recipient == run.Initiator)
                        ? null
                        : $"run {run.Id}: {run.Initiator} was not told"
            ),
            Invariant.Each(
                "who orders where the app cannot post is told directly, of the order or of the run's end",
                evidence
                    .Runs.Values.Where(run => run.Channel == evidence.WithoutApp)
                    .SelectMany(run => evidence.OrdersOf[run.Id].Select(order => (Run: run, order.Person)))
                    .Distinct(),
                pair =>
                    Directly(
                        evidence,
                        pair.Run,
                        pair.Person,
                        pair.Run.IsActive ? MessageKinds.Confirmation : MessageKinds.Completion
                    )
            ),
            Invariant.Each("what Slack shows is up to date", evidence.Ledger, row => Behind(evidence, row)),
        ];
    }

    private static string? Missing(Evidence evidence, Run run, string kind) =>
        evidence.PostsOf[run.Id].Any(post => post.Kind == kind)
            ? null
            : $"run {run.Id} ({run.Status}) in {run.Channel}: no {kind}";

    private static string? Directly(Evidence evidence, Run run, string person, string kind) =>
        evidence.PostsOf[run.Id].Any(post => post.Kind == kind && post.Recipient == person)
            ? null
            : $"run {run.Id} ({run.Status}): no {kind} to {person}";

    private static string? Unnamed(Evidence evidence, Run run)
    {
        if (run.Status != "completed")
            return null;
        var named = evidence
            .PostsOf[run.Id]
            .Where(post => post.Kind == MessageKinds.Completion)
            .SelectMany(post => post.Mentions)
            .ToHashSet();
        var unnamed = evidence
            .OrdersOf[run.Id]
            .Select(order => order.Person)
            .Where(person => !named.Contains(person))
            .ToList();
        return unnamed.Count == 0 ? null : $"run {run.Id}: {string.Join(", ", unnamed)} ordered and were not named";
    }

    /// <summary>
    /// Every order of a run that goes on is confirmed to its person. What only one person sees is in no history: when nobody
    /// knows whether it was said it is not said again, so that nobody is told twice, and the thread's summary tells of the
    /// order. Such a case needs a cause: the record has the call that Slack dropped, or a worker, the database or a broker was
    /// struck in that minute or just before. That second cause is nearly always at hand where faults strike all the time, so it must stay rare.
    /// An order of a run's last moments is told of by its end instead, which has invariants of its own.
    /// </summary>
    private static Invariant Confirmed(Evidence evidence, IEnumerable<Run> runs)
    {
        var (orders, unheard, struck) = (0, 0, 0);
        var breaches = new List<string>();
        foreach (
            var (run, order) in runs.Where(run => run.IsActive)
                .SelectMany(run => evidence.OrdersOf[run.Id].Select(order => (run, order)))
        )
        {
            orders++;
            bool Tells(string person, string text) =>
                person == order.Person && text.Contains($"{order.Size} {order.Drink}", StringComparison.Ordinal);
            if (
                evidence
                    .PostsOf[run.Id]
                    .Any(post => post.Kind == MessageKinds.Confirmation && Tells(post.Recipient, post.Text))
            )
                continue;
            if (evidence.Unheard.Any(call => Tells(call.Person, call.Text)))
                unheard++;
            else if (
                evidence.Incidents.Any(incident =>
                    incident.Target is Target.Kafka or Target.Scale or Target.Database or Target.Brokers
                    && incident.To.UtcDateTime + Aftermath >= order.CreatedAt
                    && incident.From.UtcDateTime <= order.CreatedAt.AddMinutes(1)
                )
            )
                struck++;
            else
                breaches.Add(
                    $"run {run.Id}: {order.Size} {order.Drink} of {order.Person} at {order.CreatedAt:HH:mm:ss.fff} was not confirmed"
                );
        }

        if (struck > FewStruck + (MostStruck * orders))
            breaches.Add($"{struck} of {orders} orders were not confirmed without a call that Slack dropped");
        return new(
            "every order is confirmed, but for what nobody can know",
            orders,
            breaches,
            $"told by the summary alone: {unheard} Slack dropped the call, {struck} struck just then"
        );
    }

    private static string? Behind(Evidence evidence, LedgerRow row)
    {
        var run = evidence.Runs[row.RunId];
        if (row.Error is not null)
            return run.Channel == evidence.WithoutApp && row.Kind == MessageKinds.Announcement
                ? null
                : $"run {run.Id}, {row.Kind}: Slack refused, {row.Error}";
        // Nobody is reminded of a run that is over, nor is its thread told anything but that; and what was withdrawn is not confirmed.
        var due = row.Kind switch
        {
            MessageKinds.Announcement or MessageKinds.Completion or MessageKinds.RunnerDm => true,
            MessageKinds.Confirmation => run.IsActive
                && evidence.OrdersOf[run.Id].Any(order => order.Person == row.Recipient),
            _ => run.IsActive,
        };
        if (due && (row.Ts is null || row.Claimed))
            return $"run {run.Id}, {row.Kind} {row.Recipient}: {(row.Claimed ? "still claimed" : "never posted")}";
        var follows =
            row.Kind is MessageKinds.Announcement or MessageKinds.Summary or MessageKinds.RunnerDm
            || (row.Kind == MessageKinds.Reminder && !run.IsActive);
        return follows && row.Ts is not null && row.ShownVersion < run.Version
            ? $"run {run.Id}, {row.Kind}: shows version {row.ShownVersion} of {run.Version}"
            : null;
    }
}
