using CoffeeBuddy.Core.Statistics;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What a chart shows, and what is said to those who cannot see it.</summary>
/// <param name="Notes">Lines below the panels.</param>
/// <param name="AltText">At most <see cref="MaxAltText"/> characters.</param>
public sealed record StatisticsChart(
    string Title,
    IReadOnlyList<ChartPanel> Panels,
    IReadOnlyList<string> Notes,
    string AltText
)
{
    /// <summary>Slack's limit (https://docs.slack.dev/reference/methods/files.getUploadURLExternal).</summary>
    public const int MaxAltText = 1000;

    private const string Runs = "Weekly Active Runs: runs started in each week";

    private static readonly string Times =
        $"Order Confirmation Time: median minutes from the first order to a runner, by week (line: {SuccessMetrics.OrderConfirmationTime.TotalMinutes})";

    /// <summary>The runs and the times by week. No text in it was typed by a person.</summary>
    public static StatisticsChart Of(RunStatistics statistics, int windowDays)
    {
        var title = $"Coffee runs in the last {RunStatistics.WeekCount} weeks";
        List<string> notes = [ShortTimes(statistics.Times), ShortFairness(statistics.Fairness, windowDays)];
        if (statistics.Survey.UserSatisfaction is { } share)
            notes.Add(
                $"User Satisfaction: {StatisticsWords.Percent(share)} (target at least {StatisticsWords.Percent(SuccessMetrics.UserSatisfaction)})"
            );
        var runs = new ChartPanel(Runs, [.. statistics.Weeks.Select(RunsOf)], Target: null);
        var times = new ChartPanel(
            Times,
            [.. statistics.Weeks.Select(TimeOf)],
            SuccessMetrics.OrderConfirmationTime.TotalMinutes
        );
        return new(
            title,
            [runs, times],
            notes,
            $"{title}. {InWords(runs)} {InWords(times)} {string.Join(". ", notes)}."
        );
    }

    private static ChartBar RunsOf(WeekNumbers week) =>
        new(StatisticsWords.Day(week.Monday), week.Runs, StatisticsWords.Number(week.Runs));

    private static ChartBar TimeOf(WeekNumbers week) =>
        new(
            StatisticsWords.Day(week.Monday),
            week.MedianTime?.TotalMinutes ?? 0,
            week.MedianTime is { } median ? StatisticsWords.Number(Math.Round(median.TotalMinutes, 1)) : ""
        );

    private static string ShortTimes(ConfirmationTimes times) =>
        times.Percentile95 is { } percentile
            ? $"Order Confirmation Time, 95th percentile: {StatisticsWords.Duration(percentile)} (target under {StatisticsWords.Duration(SuccessMetrics.OrderConfirmationTime)})"
            : "Order Confirmation Time: no runs yet";

    private static string ShortFairness(FairnessNumbers fairness, int windowDays) =>
        fairness.Score is { } score
            ? $"Fairness Score over {windowDays} days: {StatisticsWords.Number(score)} (target under {StatisticsWords.Number(SuccessMetrics.FairnessScore)})"
            : "Fairness Score: no runs yet";

    private static string InWords(ChartPanel panel) =>
        $"{panel.Title}: {string.Join(", ", panel.Bars.Where(bar => bar.Text.Length > 0).Select(bar => $"{bar.Label} {bar.Text}"))}.";
}

/// <summary>Bars side by side.</summary>
/// <param name="Target">Where a line is drawn; null: none.</param>
public sealed record ChartPanel(string Title, IReadOnlyList<ChartBar> Bars, double? Target);

/// <param name="Text">The value, above the bar; empty: there is none.</param>
public sealed record ChartBar(string Label, double Value, string Text);
