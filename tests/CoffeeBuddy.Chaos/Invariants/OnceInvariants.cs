using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// Each message that may exist once exists once. Slack offers no key that would make a post safe to repeat, so one class
/// of duplicates is inherent: Slack has acted, and its answer was lost. Each duplicate must have such a cause, and all of
/// them must stay rare. A worker or a database that went away after the answer is none: the message is looked for then.
/// </summary>
internal static class OnceInvariants
{
    private const double MostShare = 0.01;

    public static IEnumerable<Invariant> All(Evidence evidence)
    {
        var groups = evidence
            .Runs.Keys.SelectMany(run => evidence.PostsOf[run].Select(post => (Run: run, Post: post)))
            .GroupBy(
                pair =>
                    (
                        pair.Run,
                        pair.Post.Kind,
                        pair.Post.Recipient,
                        Text: pair.Post.Kind == MessageKinds.Confirmation ? pair.Post.Text : ""
                    ),
                pair => pair.Post
            )
            .Select(group =>
                (group.Key, Posts: group.OrderBy(post => post.Number).ToList(), Allowed: Allowed(evidence, group.Key))
            )
            .ToList();
        var extra = groups
            .Where(group => group.Posts.Count > group.Allowed)
            .Select(group => (group.Key, group.Posts, Count: group.Posts.Count - group.Allowed))
            .ToList();

        // The last one's answer may well have arrived; each of the others must have lost its own.
        var unexplained = extra
            .Where(group => group.Posts.SkipLast(1).Count(post => post.AnswerLost) < group.Count)
            .Select(group =>
                $"run {group.Key.Run}, {group.Key.Kind} {group.Key.Recipient}: {group.Posts.Count} times, at {string.Join(", ", group.Posts.Select(post => $"{post.At:HH:mm:ss.fff}{(post.AnswerLost ? " (answer lost)" : "")}"))}"
            )
            .Concat(
                evidence.Unattributed.Select(post =>
                    $"{post.Kind} in {post.Channel} at {post.At:HH:mm:ss.fff} belongs to no run: {post.Text}"
                )
            )
            .ToList();
        var (all, duplicates) = (evidence.Posts.Count, extra.Sum(group => group.Count));
        yield return new(
            "each message exists once, but for lost answers",
            groups.Count,
            unexplained,
            $"{duplicates} duplicates, {evidence.Posts.Count(post => post.AnswerLost)} lost answers"
        );
        yield return new(
            "duplicates are under 1 % of messages",
            all,
            duplicates < Math.Max(1, all * MostShare) ? [] : [$"{duplicates} of {all} messages are duplicates"],
            $"{100.0 * duplicates / Math.Max(1, all):0.00} %"
        );
    }

    // A confirmation is sent again when the same drink was ordered again.
    private static int Allowed(Evidence evidence, (Guid Run, string Kind, string Recipient, string Text) key) =>
        key.Kind != MessageKinds.Confirmation
            ? 1
            : Math.Max(
                1,
                evidence
                    .AuditOf[key.Run]
                    .Count(row =>
                        row.Type == "order_placed"
                        && row.Person == key.Recipient
                        && key.Text.Contains(row.Drink!, StringComparison.Ordinal)
                    )
            );
}
