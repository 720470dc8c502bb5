using CoffeeBuddy.Chaos.People;
using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>No order is lost or stored twice.</summary>
internal static class OrderInvariants
{
    public static IEnumerable<Invariant> All(Evidence evidence) => [Kept(evidence), Once(evidence), Standing(evidence)];

    /// <summary>Every order answered with success was stored in its run.</summary>
    private static Invariant Kept(Evidence evidence)
    {
        var placed = evidence
            .Audit.Where(row => row is { Type: "order_placed", Drink: not null })
            .ToLookup(row => row.Drink!);
        return Invariant.Each(
            "every order answered with success is in its run",
            evidence.Book.Orders.Where(order => order.Outcome == Outcome.Promised),
            order =>
                placed[order.Drink].Any(row => row.RunId == order.RunId && row.Person == order.Person)
                    ? null
                    : $"{order.Drink} of {order.Person} in run {order.RunId}, answered {order.Answered:HH:mm:ss.fff}"
        );
    }

    /// <summary>
    /// No order was stored twice or in two runs, independent of its answers and of the number of submissions.
    /// </summary>
    private static Invariant Once(Evidence evidence)
    {
        var placed = evidence
            .Audit.Where(row => row is { Type: "order_placed", Drink: not null })
            .ToLookup(row => row.Drink!);
        var standing = evidence.Orders.ToLookup(order => order.Drink);
        return Invariant.Each(
            "no order is taken twice or in two runs",
            evidence.Book.Orders.Select(order => order.Drink).Distinct(),
            drink =>
                placed[drink].Count() > 1 || standing[drink].Count() > 1
                    ? $"{drink}: taken {placed[drink].Count()} times, stands in {standing[drink].Count()} runs"
                    : null
        );
    }

    /// <summary>
    /// The last confirmed order of a person in a run is stored, unless they have changed or withdrawn it later. The
    /// order of the changes decides: replies in a thread are handled at any time, while a form waits for its answer.
    /// </summary>
    private static Invariant Standing(Evidence evidence)
    {
        var standing = evidence.Orders.ToDictionary(order => (order.RunId, order.Person));
        var changes = evidence
            .Audit.Where(row => row.Type is "order_placed" or "order_withdrawn")
            .ToLookup(row => (row.RunId!.Value, row.Person!));
        var asked = evidence
            .Asked.Where(click => click.What is "order_withdraw")
            .ToLookup(click => (click.RunId ?? Guid.Empty, click.Person));
        var replied = evidence
            .Book.Replies.Where(reply => reply.Text == Colleague.Withdrawal)
            .Select(reply => (reply.Person, reply.Channel, reply.Thread))
            .ToHashSet();
        return Invariant.Each(
            "a person's last order stands unless they changed or withdrew it",
            evidence
                .Book.Orders.Where(order => order.Outcome == Outcome.Promised)
                .GroupBy(order => (order.RunId, order.Person)),
            group =>
            {
                var last = group.MaxBy(order => order.Answered)!;
                var rows = changes[group.Key].ToList();
                var taken = rows.FindLast(row => row.Drink == last.Drink && row.Type == "order_placed");
                if (standing.GetValueOrDefault(group.Key) is { } order)
                {
                    var follows =
                        order.Drink == last.Drink
                        || rows.Exists(row =>
                            row.Type == "order_placed" && row.Drink == order.Drink && row.Position > taken?.Position
                        );
                    return follows
                        ? null
                        : $"run {group.Key.RunId}, {group.Key.Person}: {order.Drink} stands, answered last was {last.Drink}";
                }

                var withdrawn =
                    rows.Exists(row => row.Type == "order_withdrawn" && row.Position > taken?.Position)
                    && (
                        asked[group.Key].Any()
                        || (
                            evidence.ThreadOf(group.Key.RunId) is var (channel, ts)
                            && replied.Contains((group.Key.Person, channel, ts))
                        )
                    );
                return withdrawn
                    ? null
                    : $"run {group.Key.RunId}, {group.Key.Person}: {last.Drink} is gone and nobody withdrew it";
            }
        );
    }
}
