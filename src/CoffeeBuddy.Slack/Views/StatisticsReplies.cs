using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers about statistics to one person, and the words with their files.</summary>
public static class StatisticsReplies
{
    public static SlackMessage OnlyInChannels() => Says(StatisticsTexts.OnlyInChannels);

    public static SlackMessage NotAllowed() => Says(StatisticsTexts.NotAllowed);

    public static SlackMessage CannotExport() => Says(StatisticsTexts.CannotExport);

    public static SlackMessage Sent() => Says(StatisticsTexts.Sent);

    public static SlackMessage NotSent() => Says(StatisticsTexts.NotSent);

    /// <summary>The message that the CSV comes with; in mrkdwn.</summary>
    /// <param name="limit">The most runs that the file can have.</param>
    public static string CsvComment(StatisticsScope scope, int runs, int limit) =>
        runs < limit
            ? StatisticsTexts.FormatCsvComment(Title(scope), Counts.Runs(runs))
            : StatisticsTexts.FormatCsvCommentLatest(Title(scope), runs);

    /// <summary>The message that the chart comes with; in mrkdwn.</summary>
    public static string ChartComment(StatisticsScope scope) => $"{Title(scope)}.";

    public static string CsvTitle => StatisticsTexts.CsvTitle;

    public static string ChartTitle => StatisticsTexts.ChartTitle;

    private static string Title(StatisticsScope scope) =>
        StatisticsWords.Title(scope.ChannelId is { } channel ? Mrkdwn.Channel(channel) : null);

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
