using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers about statistics to one person, and the words with their files.</summary>
public static class StatisticsReplies
{
    public static SlackMessage OnlyInChannels() =>
        Says(
            $"`{Commands.Statistics}` shows the numbers of a channel: type it in one. Those of the workspace are for admins."
        );

    public static SlackMessage NotAllowed() => Says("These statistics are not for you to see.");

    public static SlackMessage CannotExport() => Says("Only admins get the runs as CSV.");

    public static SlackMessage Sent() => Says("I have sent you the file by direct message.");

    public static SlackMessage NotSent() =>
        Says("Slack did not take the file. Please try again later; an admin can find the reason in the log.");

    /// <summary>The message that the CSV comes with; in mrkdwn.</summary>
    /// <param name="limit">The most runs that the file can have.</param>
    public static string CsvComment(StatisticsScope scope, int runs, int limit) =>
        runs < limit
            ? $"{Title(scope)}: {RunMessages.Count(runs, "run")} as CSV."
            : $"{Title(scope)}: the latest {runs} runs as CSV.";

    /// <summary>The message that the chart comes with; in mrkdwn.</summary>
    public static string ChartComment(StatisticsScope scope) => $"{Title(scope)}.";

    public const string CsvTitle = "Coffee runs as CSV";

    public const string ChartTitle = "Coffee runs and times";

    private static string Title(StatisticsScope scope) =>
        StatisticsWords.Title(scope.ChannelId is { } channel ? Mrkdwn.Channel(channel) : null);

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
