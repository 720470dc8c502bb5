using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

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
            var none = ListTexts.HistoryEmpty;
            return new SlackMessage(none, [new SectionBlock(TextObject.Mrkdwn(none))]);
        }
        var shown = entries.Take(MaxEntries).ToList();
        var (title, text) =
            shown.Count == 1
                ? (ListTexts.HistoryOne, ListTexts.HistoryOneOfChannel)
                : (ListTexts.FormatHistorySeveral(shown.Count), ListTexts.FormatHistorySeveralOfChannel(shown.Count));
        return new SlackMessage(
            text,
            [
                new HeaderBlock(TextObject.Plain(title, 150)),
                .. shown.Select(entry => new SectionBlock(TextObject.Mrkdwn(Line(entry)))),
            ]
        );
    }

    private static string Line(HistoryEntry entry)
    {
        var runner = entry.RunnerUserId is null
            ? ListTexts.NoRunner
            : ListTexts.FormatRunnerWent(Mrkdwn.User(entry.RunnerUserId));
        var head =
            $"*{Mrkdwn.Time(entry.StartedAt)}* · {runner} · {Counts.Orders(entry.OrderCount)} · {Status(entry.Status)}";
        return entry.ParticipantUserIds.Count == 0
            ? head
            : $"{head}\n{ListTexts.FormatHistoryWith(LinePacker.Join([.. entry.ParticipantUserIds.Select(Mrkdwn.User)], " ", EntryLength - head.Length))}";
    }

    private static string Status(RunStatus status) =>
        status switch
        {
            RunStatus.Completed => ListTexts.StatusCompleted,
            RunStatus.Cancelled => ListTexts.StatusCancelled,
            _ => ListTexts.StatusActive,
        };
}
