using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What the person who plans a run is told.</summary>
public static class PlannedRunReplies
{
    /// <summary>Most planned runs that one message or the Home tab shows.</summary>
    internal const int MaxShown = 5;

    /// <summary>The run is planned.</summary>
    public static SlackMessage Planned(PlannedRun planned) =>
        SaysWithCancel(planned, PlannedRunTexts.FormatPlanned(Mrkdwn.Time(planned.StartsAt)));

    /// <summary>Somebody has planned a run here at this time.</summary>
    public static SlackMessage AlreadyPlanned(PlannedRun planned, string userId) =>
        planned.InitiatorUserId == userId
            ? SaysWithCancel(planned, PlannedRunTexts.FormatAlreadyPlannedByYou(Mrkdwn.Time(planned.StartsAt)))
            : Says(
                PlannedRunTexts.FormatAlreadyPlannedBy(
                    Mrkdwn.User(planned.InitiatorUserId),
                    Mrkdwn.Time(planned.StartsAt)
                )
            );

    /// <summary>The person has as many planned runs as one person may.</summary>
    public static SlackMessage TooMany(int limit) => Says(PlannedRunTexts.FormatTooMany(Counts.Runs(limit)));

    /// <summary>There is no run to cancel, but the person has planned some in the channel.</summary>
    /// <param name="planned">At least one.</param>
    public static SlackMessage NoActiveRun(IReadOnlyList<PlannedRun> planned)
    {
        var text = PlannedRunTexts.NoActiveRun;
        return new(text, [new SectionBlock(TextObject.Mrkdwn(text)), .. Lines(planned)]);
    }

    /// <summary>The text does not say when the run is to start. Nothing is stored.</summary>
    public static SlackMessage Unclear(PlannedTimeFault fault)
    {
        var why = fault switch
        {
            PlannedTimeFault.MorningOrAfternoon => PlannedRunTexts.UnclearHalfOfDay,
            PlannedTimeFault.WhichWeek => PlannedRunTexts.UnclearWeek,
            PlannedTimeFault.Past => PlannedRunTexts.UnclearPast,
            _ => PlannedRunTexts.UnclearTime,
        };
        return Says($"{why} {PlannedRunTexts.FormatExamples(PlannedTimeText.MostDays)}");
    }

    /// <summary>Slack has never told the person's time zone.</summary>
    public static SlackMessage ZoneUnknown() => Says(PlannedRunTexts.ZoneUnknown);

    /// <summary>What became of a planned run after a click on "Cancel".</summary>
    public static SlackMessage Cancelled(PlannedRun planned) =>
        planned.Status switch
        {
            PlannedRunStatus.Started => Says(PlannedRunTexts.FormatStarted(Mrkdwn.Channel(planned.ChannelId))),
            PlannedRunStatus.Dropped => Says(Why(planned)),
            _ => Says(
                PlannedRunTexts.FormatCancelled(Mrkdwn.Channel(planned.ChannelId), Mrkdwn.Time(planned.StartsAt))
            ),
        };

    /// <summary>The planned run of a clicked button does not exist, or is somebody else's.</summary>
    public static SlackMessage Unknown() => Says(PlannedRunTexts.Unknown);

    /// <summary>By direct message: the run was not opened when it was due.</summary>
    public static SlackMessage NotStarted(PlannedRun planned) => Says(Why(planned));

    private static string Why(PlannedRun planned)
    {
        var (channel, time) = (Mrkdwn.Channel(planned.ChannelId), Mrkdwn.Time(planned.StartsAt));
        return planned.DropReason switch
        {
            DropReason.ActiveRun => PlannedRunTexts.FormatNotStartedActiveRun(channel, time),
            DropReason.TooManyRuns => PlannedRunTexts.FormatNotStartedTooManyRuns(channel, time),
            DropReason.NotMember => PlannedRunTexts.FormatNotStartedNotMember(channel, time),
            DropReason.Archived => PlannedRunTexts.FormatNotStartedArchived(channel, time),
            _ => PlannedRunTexts.FormatNotStartedInTime(channel, time),
        };
    }

    /// <summary>The person's planned runs, for the Home tab.</summary>
    internal static IEnumerable<Block> AtHome(IReadOnlyList<PlannedRun> planned)
    {
        if (planned.Count == 0)
            yield break;
        yield return new SectionBlock(TextObject.Mrkdwn(PlannedRunTexts.YourPlannedRuns));
        foreach (var line in Lines(planned))
            yield return line;
    }

    private static IEnumerable<Block> Lines(IReadOnlyList<PlannedRun> planned)
    {
        foreach (var run in planned.Take(MaxShown))
            yield return new SectionBlock(
                TextObject.Mrkdwn(
                    PlannedRunTexts.FormatInChannel(Mrkdwn.Channel(run.ChannelId), Mrkdwn.Time(run.StartsAt))
                ),
                Accessory: CancelButton(run)
            );
        if (planned.Count > MaxShown)
            yield return new SectionBlock(TextObject.Mrkdwn(PlannedRunTexts.FormatMore(planned.Count - MaxShown)));
    }

    private static Button CancelButton(PlannedRun planned) =>
        new(Actions.CancelPlanned, TextObject.Plain(PlannedRunTexts.Cancel, 75), planned.RunId.ToString());

    private static SlackMessage SaysWithCancel(PlannedRun planned, string text) =>
        new(text, [new SectionBlock(TextObject.Mrkdwn(text), Accessory: CancelButton(planned))]);

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
