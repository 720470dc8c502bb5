using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;

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
            Title = TextObject.Plain("Statistics", 24),
            Close = TextObject.Plain("Close", 24),
        };

    /// <summary>For admins, in the Home tab.</summary>
    internal static SectionBlock AtHome() =>
        new(
            TextObject.Mrkdwn("*Statistics*\nRuns, fairness and times of the whole workspace, for admins."),
            Accessory: new Button(Actions.Statistics, TextObject.Plain("Statistics…", 75))
        );

    private static List<Block> Blocks(RunStatistics statistics, StatisticsFrame frame)
    {
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":bar_chart: *{Title(frame)}*")),
            Part("Weekly Active Runs", StatisticsWords.WeeklyActiveRuns(statistics)),
            new ContextBlock(
                TextObject.Mrkdwn(
                    $"Runs in the week of {string.Join(" · ", statistics.Weeks.Select(StatisticsWords.Week))}"
                )
            ),
            Part("Order Confirmation Time", StatisticsWords.OrderConfirmationTime(statistics.Times)),
            Part("Fairness Score", StatisticsWords.FairnessScore(statistics.Fairness, frame.WindowDays)),
        ];
        if (statistics.Drinks.Count > 0)
            blocks.Add(Part("Top drinks", string.Join('\n', statistics.Drinks.Select(Line))));
        if (frame.WithSurvey || statistics.Survey.Answers > 0)
            blocks.Add(Part("User Satisfaction", StatisticsWords.UserSatisfaction(statistics.Survey)));
        if (statistics.NeverRunners is { } people)
            blocks.Add(
                Part(
                    "Who orders but has not gone",
                    people.Count == 0
                        ? $"Everybody who took part in {RunStatistics.MinRunsTakenPart} runs has gone at least once."
                        : string.Join('\n', people.Select(Line))
                )
            );
        blocks.Add(new ActionsBlock(Buttons(frame)));
        blocks.Add(new ContextBlock(TextObject.Mrkdwn("Weeks begin on Monday, in UTC. Cancelled runs do not count.")));
        return blocks;
    }

    private static string Title(StatisticsFrame frame) =>
        StatisticsWords.Title(frame.Scope.ChannelId is { } channel ? Mrkdwn.Channel(channel) : null);

    private static List<Element> Buttons(StatisticsFrame frame)
    {
        var scope = frame.Scope.ChannelId ?? Actions.Workspace;
        List<Element> buttons = [new Button(Actions.StatisticsChart, TextObject.Plain("Chart", 75), scope)];
        if (frame.MayExport)
            buttons.Add(new Button(Actions.StatisticsCsv, TextObject.Plain("CSV", 75), scope));
        return buttons;
    }

    private static SectionBlock Part(string title, string text) => new(TextObject.Mrkdwn($"*{title}*\n{text}"));

    private static string Line(DrinkNumbers drink) =>
        $"• {Mrkdwn.Escape(drink.DrinkType, 300)}: {RunMessages.Count(drink.Orders, "order")}";

    private static string Line(NeverRunner person) =>
        $"• {Mrkdwn.User(person.UserId)}: took part in {RunMessages.Count(person.RunsTakenPart, "run")}";
}
