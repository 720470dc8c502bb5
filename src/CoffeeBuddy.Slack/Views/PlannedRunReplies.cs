using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What the person who plans a run is told.</summary>
public static class PlannedRunReplies
{
    /// <summary>Most planned runs that one message or the Home tab shows.</summary>
    internal const int MaxShown = 5;

    /// <summary>The run is planned.</summary>
    public static SlackMessage Planned(PlannedRun planned) =>
        SaysWithCancel(
            planned,
            $"A coffee run starts here: {Mrkdwn.Time(planned.StartsAt)}. I will announce it then, so that everybody can order; until then nobody else sees it."
        );

    /// <summary>Somebody has planned a run here at this time.</summary>
    public static SlackMessage AlreadyPlanned(PlannedRun planned, string userId) =>
        planned.InitiatorUserId == userId
            ? SaysWithCancel(
                planned,
                $"You have planned a coffee run here at this time already: {Mrkdwn.Time(planned.StartsAt)}."
            )
            : Says(
                $"{Mrkdwn.User(planned.InitiatorUserId)} has planned a coffee run here at this time already: {Mrkdwn.Time(planned.StartsAt)}."
            );

    /// <summary>The person has as many planned runs as one person may.</summary>
    public static SlackMessage TooMany(int limit) =>
        Says(
            $"You have planned {RunMessages.Count(limit, "run")}, which is as many as one person may. My Home tab shows them: cancel one first."
        );

    /// <summary>There is no run to cancel, but the person has planned some in the channel.</summary>
    /// <param name="planned">At least one.</param>
    public static SlackMessage NoActiveRun(IReadOnlyList<PlannedRun> planned)
    {
        const string Text = "There is no coffee run under way in this channel. You have planned for later:";
        return new(Text, [new SectionBlock(TextObject.Mrkdwn(Text)), .. Lines(planned)]);
    }

    /// <summary>The text does not say when the run is to start. Nothing is stored.</summary>
    public static SlackMessage Unclear(PlannedTimeFault fault)
    {
        var why = fault switch
        {
            PlannedTimeFault.MorningOrAfternoon =>
                "I do not know whether you mean the morning or the afternoon, so I have planned nothing.",
            PlannedTimeFault.WhichWeek =>
                "I do not know whether you mean this week or the next, so I have planned nothing.",
            PlannedTimeFault.Past => "That time has passed today, so I have planned nothing.",
            _ => "I do not know when you want the run to start, so I have planned nothing.",
        };
        return Says(
            $"""
            {why} I understand for example:
            • `{Commands.Coffee} at 14:30`, `{Commands.Coffee} at 2:30pm`, `{Commands.Coffee} at 9`: the next such time
            • `{Commands.Coffee} today at 14:30`, `{Commands.Coffee} tomorrow at 9`
            • `{Commands.Coffee} friday at 9:30`: up to {PlannedTimeText.MostDays} days ahead
            """
        );
    }

    /// <summary>Slack has never told the person's time zone.</summary>
    public static SlackMessage ZoneUnknown() =>
        Says(
            "Slack does not tell me your time zone at the moment, so I have planned nothing. Please try again shortly."
        );

    /// <summary>What became of a planned run after a click on "Cancel".</summary>
    public static SlackMessage Cancelled(PlannedRun planned) =>
        planned.Status switch
        {
            PlannedRunStatus.Started => Says(
                $"The run in {Mrkdwn.Channel(planned.ChannelId)} has started already: `{Commands.Cancel}` in the channel cancels it."
            ),
            PlannedRunStatus.Dropped => Says(Why(planned)),
            _ => Says(
                $"The run that you planned in {Mrkdwn.Channel(planned.ChannelId)} for {Mrkdwn.Time(planned.StartsAt)} is cancelled."
            ),
        };

    /// <summary>The planned run of a clicked button does not exist, or is somebody else's.</summary>
    public static SlackMessage Unknown() => Says("There is no such planned run any more.");

    /// <summary>By direct message: the run was not opened when it was due.</summary>
    public static SlackMessage NotStarted(PlannedRun planned) => Says(Why(planned));

    private static string Why(PlannedRun planned)
    {
        var (channel, time) = (Mrkdwn.Channel(planned.ChannelId), Mrkdwn.Time(planned.StartsAt));
        return planned.DropReason switch
        {
            DropReason.ActiveRun =>
                $"I did not start the run that you planned in {channel} for {time}, because another one is under way there: type `{Commands.Coffee}` in the channel to join it.",
            DropReason.TooManyRuns =>
                $"I did not start the run that you planned in {channel} for {time}, because you have started as many runs that are still under way as one person may.",
            DropReason.NotMember =>
                $"I did not start the run that you planned in {channel} for {time}, because you are not in the channel, or I am not.",
            DropReason.Archived =>
                $"I did not start the run that you planned in {channel} for {time}, because the channel is archived.",
            _ =>
                $"I did not start the run that you planned in {channel} for {time}, because I could not do it in time. Type `{Commands.Coffee}` in the channel to start one now.",
        };
    }

    /// <summary>The person's planned runs, for the Home tab.</summary>
    internal static IEnumerable<Block> AtHome(IReadOnlyList<PlannedRun> planned)
    {
        if (planned.Count == 0)
            yield break;
        yield return new SectionBlock(TextObject.Mrkdwn("*Your planned runs*"));
        foreach (var line in Lines(planned))
            yield return line;
    }

    private static IEnumerable<Block> Lines(IReadOnlyList<PlannedRun> planned)
    {
        foreach (var run in planned.Take(MaxShown))
            yield return new SectionBlock(
                TextObject.Mrkdwn($"In {Mrkdwn.Channel(run.ChannelId)}: {Mrkdwn.Time(run.StartsAt)}"),
                Accessory: CancelButton(run)
            );
        if (planned.Count > MaxShown)
            yield return new SectionBlock(TextObject.Mrkdwn($"… and {planned.Count - MaxShown} more"));
    }

    private static Button CancelButton(PlannedRun planned) =>
        new(Actions.CancelPlanned, TextObject.Plain("Cancel", 75), planned.RunId.ToString());

    private static SlackMessage SaysWithCancel(PlannedRun planned, string text) =>
        new(text, [new SectionBlock(TextObject.Mrkdwn(text), Accessory: CancelButton(planned))]);

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
