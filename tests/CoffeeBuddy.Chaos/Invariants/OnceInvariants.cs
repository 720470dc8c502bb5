using CoffeeBuddy.Chaos.Faults;
using CoffeeBuddy.Chaos.Record;
using CoffeeBuddy.Data;

namespace CoffeeBuddy.Chaos.Invariants;

/// <summary>
/// Each message that may exist once exists once. Slack offers no key that would make a post safe to repeat, so one class
/// of duplicates is inherent: Slack has acted, and the knowledge of it was lost, either with Slack's answer or with the
/// process or the database that was to write it down. Each duplicate must have such a cause, and all of them must stay rare.
/// </summary>
internal static class OnceInvariants
{
    private const double MostShare = 0.01;

    // From Slack's acting to the answer being written down; the recorded time is that of Slack's acting.
    private static readonly TimeSpan InFlight = TimeSpan.FromSeconds(3);

    public static IEnumerable<Invariant> All(Evidence evidence)
    {
        var groups = evidence.Runs.Keys.SelectMany(run => evidence.PostsOf[run].Select(post => (Run: run, Post: post)))
            .GroupBy(pair => (pair.Run, pair.Post.Kind, pair.Post.Recipient, Text: pair.Post.Kind == MessageKinds.Confirmation ? pair.Post.Text : ""), pair => pair.Post)
            .Select(group => (group.Key, Posts: group.OrderBy(post => post.Number).ToList(), Allowed: Allowed(evidence, group.Key)))
            .ToList();
        var extra = groups.Where(group => group.Posts.Count > group.Allowed).Select(group => (group.Key, group.Posts, Count: group.Posts.Count - group.Allowed)).ToList();

        var (lost, ended, away, unexplained) = (0, 0, 0, new List<string>());
        foreach (var (key, posts, count) in extra)
        {
            // The last one may well have been written down; each of the others must have a reason why it was not.
            var reasons = posts.SkipLast(1).Select(post => Reason(evidence, post)).Where(reason => reason != Cause.None).Take(count).ToList();
            lost += reasons.Count(reason => reason == Cause.AnswerLost);
            ended += reasons.Count(reason => reason == Cause.WorkerEnded);
            away += reasons.Count(reason => reason == Cause.DatabaseAway);
            if (reasons.Count < count)
                unexplained.Add($"run {key.Run}, {key.Kind} {key.Recipient}: {posts.Count} times, at {string.Join(", ", posts.Select(post => $"{post.At:HH:mm:ss.fff}{(post.AnswerLost ? " (answer lost)" : "")}"))}");
        }

        unexplained.AddRange(evidence.Unattributed.Select(post => $"{post.Kind} in {post.Channel} at {post.At:HH:mm:ss.fff} belongs to no run: {post.Text}"));
        var (all, duplicates) = (evidence.Posts.Count, extra.Sum(group => group.Count));
        var lostAnswers = evidence.Posts.Count(post => post.AnswerLost);
        yield return new("each message exists once, but for lost answers", groups.Count, unexplained,
            $"{duplicates} duplicates: {lost} of {lostAnswers} lost answers, {ended} worker ended just then, {away} database away just then");
        yield return new("duplicates are under 1 % of messages", all, duplicates < Math.Max(1, all * MostShare) ? [] : [$"{duplicates} of {all} messages are duplicates"], $"{100.0 * duplicates / Math.Max(1, all):0.00} %");
    }

    // A confirmation is sent again when the same drink was ordered again.
    private static int Allowed(Evidence evidence, (Guid Run, string Kind, string Recipient, string Text) key) => key.Kind != MessageKinds.Confirmation ? 1
        : Math.Max(1, evidence.AuditOf[key.Run].Count(row => row.Type == "order_placed" && row.Person == key.Recipient && key.Text.Contains(row.Drink!, StringComparison.Ordinal)));

    private static Cause Reason(Evidence evidence, Post post)
    {
        if (post.AnswerLost)
            return Cause.AnswerLost;
        bool Struck(Func<Incident, bool> like) => evidence.Incidents.Any(incident => like(incident) && incident.From <= post.At + InFlight && incident.To >= post.At - TimeSpan.FromSeconds(0.5));
        if (Struck(incident => incident.Target is Target.Kafka or Target.Scale && incident.Kind.StartsWith("kill", StringComparison.Ordinal) && incident.From >= post.At - TimeSpan.FromSeconds(0.5)))
            return Cause.WorkerEnded;
        return Struck(incident => incident.Target == Target.Database) ? Cause.DatabaseAway : Cause.None;
    }

    private enum Cause
    {
        None,
        AnswerLost,
        WorkerEnded,
        DatabaseAway,
    }
}
