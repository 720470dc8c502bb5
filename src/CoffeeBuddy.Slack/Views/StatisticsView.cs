using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What the statistics are shown with.</summary>
/// <param name="WindowDays">The days of fairness.</param>
/// <param name="WithSurvey">Whether people are asked after a run.</param>
/// <param name="MayExport">Whether the reader may have the runs as CSV.</param>
public sealed record StatisticsFrame(StatisticsScope Scope, int WindowDays, bool WithSurvey, bool MayExport);

/// <summary>The statistics of a channel or of the workspace, as a message to one person and as a form.</summary>
public static class StatisticsView
{
    public static SlackMessage Message(RunStatistics statistics, StatisticsFrame frame) =>
        new(
            $"{Title(frame)}. {StatisticsWords.WeeklyActiveRuns(statistics)} {StatisticsWords.OrderConfirmationTime(statistics.Times)} {StatisticsWords.FairnessScore(statistics.Fairness, frame.WindowDays)}",
            Blocks(statistics, frame)
        );

    public static View Modal(RunStatistics statistics, StatisticsFrame frame) =>
        new(View.Modal, Blocks(statistics, frame))
        {
            Title = TextObject.Plain(StatisticsTexts.Statistics, 24),
            Close = TextObject.Plain(StatisticsTexts.Close, 24),
        };

    /// <summary>For admins, in the Home tab.</summary>
    internal static SectionBlock AtHome() =>
        new(
            TextObject.Mrkdwn(StatisticsTexts.ForAdmins),
            Accessory: new Button(Actions.Statistics, TextObject.Plain(StatisticsTexts.StatisticsButton, 75))
        );

    private static List<Block> Blocks(RunStatistics statistics, StatisticsFrame frame)
    {
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":bar_chart: *{Title(frame)}*")),
            Part(StatisticsTexts.WeeklyActiveRuns, StatisticsWords.WeeklyActiveRuns(statistics)),
            new ContextBlock(
                TextObject.Mrkdwn(
                    StatisticsTexts.FormatRunsByWeek(string.Join(" · ", statistics.Weeks.Select(StatisticsWords.Week)))
                )
            ),
            Part(StatisticsTexts.OrderConfirmationTime, StatisticsWords.OrderConfirmationTime(statistics.Times)),
            Part(StatisticsTexts.FairnessScore, StatisticsWords.FairnessScore(statistics.Fairness, frame.WindowDays)),
        ];
        if (statistics.Drinks.Count > 0)
            blocks.Add(Part(StatisticsTexts.TopDrinks, string.Join('\n', statistics.Drinks.Select(Line))));
        if (frame.WithSurvey || statistics.Survey.Answers > 0)
            blocks.Add(Part(StatisticsTexts.UserSatisfaction, StatisticsWords.UserSatisfaction(statistics.Survey)));
        if (statistics.NeverRunners is { } people)
            blocks.Add(
                Part(
                    StatisticsTexts.NeverRunners,
                    people.Count == 0
                        ? StatisticsTexts.FormatNeverRunnersNone(RunStatistics.MinRunsTakenPart)
                        : string.Join('\n', people.Select(Line))
                )
            );
        blocks.Add(new ActionsBlock(Buttons(frame)));
        blocks.Add(new ContextBlock(TextObject.Mrkdwn(StatisticsTexts.WeeksAreUtc)));
        return blocks;
    }

    private static string Title(StatisticsFrame frame) =>
        StatisticsWords.Title(frame.Scope.ChannelId is { } channel ? Mrkdwn.Channel(channel) : null);

    private static List<Element> Buttons(StatisticsFrame frame)
    {
        var scope = frame.Scope.ChannelId ?? Actions.Workspace;
        List<Element> buttons =
        [
            new Button(Actions.StatisticsChart, TextObject.Plain(StatisticsTexts.Chart, 75), scope),
        ];
        if (frame.MayExport)
            buttons.Add(new Button(Actions.StatisticsCsv, TextObject.Plain("CSV", 75), scope));
        return buttons;
    }

    private static SectionBlock Part(string title, string text) => new(TextObject.Mrkdwn($"*{title}*\n{text}"));

    private static string Line(DrinkNumbers drink) =>
        $"• {Mrkdwn.Escape(drink.DrinkType, 300)}: {Counts.Orders(drink.Orders)}";

    private static string Line(NeverRunner person) =>
        StatisticsTexts.FormatNeverRunner(Mrkdwn.User(person.UserId), Counts.Runs(person.RunsTakenPart));
}
