using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>Everyone who should have been told was told.</summary>
internal static class ToldInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence)
    {
        var inThread = evidence.Runs.Values.Where(run => run.Channel != evidence.WithoutApp).ToList();
        return
        [
            Invariant.Each("every run is announced, with its orders", inThread, run => Missing(evidence, run, Kinds.Announcement)
                ?? (run.IsActive && evidence.OrdersOf[run.Id].Any() ? Missing(evidence, run, Kinds.Summary) : null)),
            Invariant.Each("the thread says who goes", inThread.Where(run => run is { IsActive: true, Runner: not null }), run => Missing(evidence, run, Kinds.Assignment)),
            Invariant.Each("the thread says that a run is over; all who ordered are named", inThread.Where(run => !run.IsActive), run => Missing(evidence, run, Kinds.Completion) ?? Unnamed(evidence, run)),
            Invariant.Each("every runner has their message", evidence.Runs.Values.Where(run => run.Runner is not null), run => Missing(evidence, run, Kinds.RunnerDm)),
            Invariant.Each("every order is confirmed", inThread.SelectMany(run => evidence.OrdersOf[run.Id].Select(order => (run, order))), pair => Unconfirmed(evidence, pair.run, pair.order)),
            Invariant.Each(
                "who starts a run where the app cannot post is told",
                evidence.Runs.Values.Where(run => run.Channel == evidence.WithoutApp && run.IsActive),
                run => evidence.Posts.Any(post => post.Kind == Kinds.CannotPost && post.Recipient == run.Initiator) ? null : $"run {run.Id}: {run.Initiator} was not told"),
            Invariant.Each("what Slack shows is up to date", evidence.Ledger, row => Behind(evidence, row)),
        ];
    }

    private static string? Missing(Evidence evidence, Run run, string kind) =>
        evidence.PostsOf[run.Id].Any(post => post.Kind == kind) ? null : $"run {run.Id} ({run.Status}) in {run.Channel}: no {kind}";

    private static string? Unnamed(Evidence evidence, Run run)
    {
        if (run.Status != "completed")
            return null;
        var named = evidence.PostsOf[run.Id].Where(post => post.Kind == Kinds.Completion).SelectMany(post => post.Mentions).ToHashSet();
        var unnamed = evidence.OrdersOf[run.Id].Select(order => order.Person).Where(person => !named.Contains(person)).ToList();
        return unnamed.Count == 0 ? null : $"run {run.Id}: {string.Join(", ", unnamed)} ordered and were not named";
    }

    // An order of the last moments before a run ended is told of by the run's end instead, which Missing and Unnamed check.
    private static string? Unconfirmed(Evidence evidence, Run run, StoredOrder order) =>
        !run.IsActive || evidence.PostsOf[run.Id].Any(post => post.Kind == Kinds.Confirmation && post.Recipient == order.Person && post.Text.Contains($"{order.Size} {order.Drink}", StringComparison.Ordinal))
            ? null : $"run {run.Id}: {order.Size} {order.Drink} of {order.Person} was not confirmed";

    private static string? Behind(Evidence evidence, LedgerRow row)
    {
        var run = evidence.Runs[row.RunId];
        if (row.Error is not null)
            return run.Channel == evidence.WithoutApp && row.Kind == Kinds.Announcement ? null : $"run {run.Id}, {row.Kind}: Slack refused, {row.Error}";
        if (row.Ts is null || row.Claimed)
            return $"run {run.Id}, {row.Kind} {row.Recipient}: {(row.Claimed ? "still claimed" : "never posted")}";
        var follows = row.Kind is Kinds.Announcement or Kinds.Summary or Kinds.RunnerDm || (row.Kind == Kinds.Reminder && !run.IsActive);
        return follows && row.ShownVersion < run.Version ? $"run {run.Id}, {row.Kind}: shows version {row.ShownVersion} of {run.Version}" : null;
    }
}
