using CoffeeBuddy.Chaos.Record;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// Each message exists once. Slack has no idempotency key for posts, so one kind of duplicate cannot be avoided: Slack
/// has posted, and its answer was lost. Each duplicate must have this cause, and duplicates must be rare. A worker or
/// database that fails after the answer is no excuse: the message is then searched in Slack's history.
/// </summary>
internal static class OnceInvariants
{
    private const double MostShare = 0.01;

    public static IEnumerable<Invariant> All(Evidence evidence)
    {
        var groups = evidence
            .Runs.Keys.Union(evidence.Planned.Keys)
            .SelectMany(run => evidence.PostsOf[run].Select(post => (Run: run, Post: post)))
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

        // The answer of the last post can have arrived. The answers of the others must have been lost.
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
            "each message exists once, except after lost answers",
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

    // A confirmation is sent again when the same drink is ordered again. Each reply of a person has one answer at most.
    private static int Allowed(Evidence evidence, (Guid Run, string Kind, string Recipient, string Text) key) =>
        key.Kind switch
        {
            MessageKinds.Confirmation => Math.Max(
                1,
                evidence
                    .AuditOf[key.Run]
                    .Count(row =>
                        row.Type == "order_placed"
                        && row.Person == key.Recipient
                        && key.Text.Contains(row.Drink!, StringComparison.Ordinal)
                    )
            ),
            MessageKinds.Answer => evidence.Book.Replies.Count(reply =>
                reply.Person == key.Recipient && evidence.ThreadOf(key.Run) == (reply.Channel, reply.Thread)
            ),
            _ => 1,
        };
}
