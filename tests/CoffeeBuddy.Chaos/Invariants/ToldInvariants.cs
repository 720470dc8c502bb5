using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Every message that people must get exists.</summary>
internal static class ToldInvariants
{
    /// <summary>
    /// Limit for orders without confirmation after a fault of a worker or the database: 2 and 5 % of all.
    /// </summary>
    private const double MostStruck = 0.05;
    private const int FewStruck = 2;

    /// <summary>
    /// A worker that was frozen or without brokers notices the loss of its partitions up to a session timeout (9 s) and
    /// a rebalance (5 s) later, and its current work is then interrupted.
    /// </summary>
    private static readonly TimeSpan Aftermath = TimeSpan.FromSeconds(18);

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
                "the thread names the runner",
                inThread.Where(run => run is { IsActive: true, Runner: not null }),
                run => Missing(evidence, run, MessageKinds.Assignment)
            ),
            Invariant.Each(
                "the thread says that a run has ended, and mentions everyone with an order",
                inThread.Where(run => !run.IsActive),
                run => Missing(evidence, run, MessageKinds.Completion) ?? Unnamed(evidence, run)
            ),
            Invariant.Each(
                "every runner has a direct message",
                evidence.Runs.Values.Where(run => run.Runner is not null),
                run => Missing(evidence, run, MessageKinds.RunnerDm)
            ),
            Invariant.Each(
                "every runner of an active run is reminded",
                evidence.Runs.Values.Where(run => run is { IsActive: true, ReminderSentAt: not null }),
                run => Missing(evidence, run, MessageKinds.Reminder)
            ),
            Confirmed(evidence, inThread),
            Invariant.Each(
                "the initiator of a run where the app cannot post is told",
                evidence.Runs.Values.Where(run => run.Channel == evidence.WithoutApp && run.IsActive),
                run =>
                    evidence.Posts.Any(post => post.Kind == MessageKinds.CannotPost && post.Recipient == run.Initiator)
                        ? null
                        : $"run {run.Id}: {run.Initiator} was not told"
            ),
            Invariant.Each(
                "orders where the app cannot post are confirmed by direct message, or the end of the run is",
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
            Invariant.Each(
                "messages in Slack are up to date",
                evidence.Ledger.Where(row => row.Kind != MessageKinds.NotStarted),
                row => Behind(evidence, row)
            ),
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
        return unnamed.Count == 0
            ? null
            : $"run {run.Id}: {string.Join(", ", unnamed)} have an order and were not mentioned";
    }

    /// <summary>
    /// Every order of an active run is confirmed to its person. Ephemeral messages are in no history: if it is unknown
    /// whether one was shown, it is not sent again, and only the order list in the thread shows the order. A missing
    /// confirmation needs a cause: a call that Slack dropped, or a fault of a worker, the database or a broker within
    /// that minute. The second cause nearly always exists during a run, so it must be rare. Orders just before the end
    /// of a run are announced by the end, which has its own invariants.
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
            breaches.Add($"{struck} of {orders} orders were not confirmed although Slack dropped no call");
        return new(
            "every order is confirmed, unless it is unknown whether the confirmation was shown",
            orders,
            breaches,
            $"without: {unheard} calls dropped by Slack, {struck} faults at that time"
        );
    }

    private static string? Behind(Evidence evidence, LedgerRow row)
    {
        var run = evidence.Runs[row.RunId];
        if (row.Error is not null && row.Kind is not (MessageKinds.Answer or MessageKinds.TooLate))
            return run.Channel == evidence.WithoutApp && row.Kind == MessageKinds.Announcement
                ? null
                : $"run {run.Id}, {row.Kind}: Slack refused, {row.Error}";
        // An ended run gets no reminder and no message in the thread except the end. Withdrawn orders are not
        // confirmed.
        var due = row.Kind switch
        {
            MessageKinds.Announcement or MessageKinds.Completion or MessageKinds.RunnerDm => true,
            MessageKinds.Confirmation => run.IsActive
                && evidence.OrdersOf[run.Id].Any(order => order.Person == row.Recipient),
            // Nobody's order depends on an answer: after a few attempts it is given up.
            MessageKinds.Answer or MessageKinds.TooLate => false,
            _ => run.IsActive,
        };
        if (due && (row.Ts is null || row.Claimed))
            return $"run {run.Id}, {row.Kind} {row.Recipient}: {(row.Claimed ? "still claimed" : "never posted")}";
        var follows =
            row.Kind is MessageKinds.Announcement or MessageKinds.Summary or MessageKinds.RunnerDm
            || (row.Kind.StartsWith(MessageKinds.Reminder, StringComparison.Ordinal) && !run.IsActive)
            || (row.Kind == MessageKinds.Back && !run.IsActive);
        return follows && row.Ts is not null && row.ShownVersion < run.Version
            ? $"run {run.Id}, {row.Kind}: shows version {row.ShownVersion} of {run.Version}"
            : null;
    }
}
