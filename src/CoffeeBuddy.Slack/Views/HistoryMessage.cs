using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>One run of the past.</summary>
/// <param name="ParticipantUserIds">Who ordered.</param>
public sealed record HistoryEntry(
    DateTimeOffset StartedAt,
    RunStatus Status,
    string? RunnerUserId,
    IReadOnlyCollection<string> ParticipantUserIds,
    int OrderCount
);

/// <summary>The answer to /coffee-history.</summary>
public static class HistoryMessage
{
    /// <summary>Most runs shown.</summary>
    public const int MaxEntries = 10;

    // Ten entries stay within one message however many took part.
    private const int EntryLength = 950;

    /// <param name="entries">The latest first.</param>
    public static SlackMessage Build(IReadOnlyList<HistoryEntry> entries)
    {
        if (entries.Count == 0)
        {
            var none = $"No coffee run has been made in this channel yet. `{Commands.Coffee}` starts one.";
            return new SlackMessage(none, [new SectionBlock(TextObject.Mrkdwn(none))]);
        }
        var shown = entries.Take(MaxEntries).ToList();
        var title = shown.Count == 1 ? "The last coffee run" : $"The last {shown.Count} coffee runs";
        return new SlackMessage(
            $"{title} of this channel.",
            [
                new HeaderBlock(TextObject.Plain(title, 150)),
                .. shown.Select(entry => new SectionBlock(TextObject.Mrkdwn(Line(entry)))),
            ]
        );
    }

    private static string Line(HistoryEntry entry)
    {
        var runner = entry.RunnerUserId is null ? "nobody sent" : $"{Mrkdwn.User(entry.RunnerUserId)} went";
        var head =
            $"*{Mrkdwn.Time(entry.StartedAt)}* · {runner} · {RunMessages.Count(entry.OrderCount, "order")} · {Status(entry.Status)}";
        return entry.ParticipantUserIds.Count == 0
            ? head
            : $"{head}\nWith {LinePacker.Join([.. entry.ParticipantUserIds.Select(Mrkdwn.User)], " ", EntryLength - head.Length)}";
    }

    private static string Status(RunStatus status) =>
        status switch
        {
            RunStatus.Completed => ":white_check_mark: completed",
            RunStatus.Cancelled => ":x: cancelled",
            _ => ":hourglass_flowing_sand: under way",
        };
}
