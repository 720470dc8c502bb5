using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>A run in the history.</summary>
/// <param name="ParticipantUserIds">The people who ordered.</param>
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
    /// <summary>The most runs shown.</summary>
    public const int MaxEntries = 10;

    // Ten entries of this length fit into one message.
    private const int EntryLength = 950;

    /// <param name="entries">Latest first.</param>
    public static SlackMessage Build(IReadOnlyList<HistoryEntry> entries)
    {
        if (entries.Count == 0)
        {
            var none = $"No coffee run has been made in this channel yet. Type `{Commands.Coffee}` to start one.";
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
        var runner = entry.RunnerUserId is null ? "no runner" : $"{Mrkdwn.User(entry.RunnerUserId)} went";
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
