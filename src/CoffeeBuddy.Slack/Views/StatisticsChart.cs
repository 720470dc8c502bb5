using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.Texts;

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

    /// <summary>The runs and the times by week. No text in it was typed by a person.</summary>
    public static StatisticsChart Of(RunStatistics statistics, int windowDays)
    {
        var title = StatisticsTexts.FormatChartTitleOfWeeks(RunStatistics.WeekCount);
        List<string> notes = [ShortTimes(statistics.Times), ShortFairness(statistics.Fairness, windowDays)];
        if (statistics.Survey.UserSatisfaction is { } share)
            notes.Add(
                StatisticsTexts.FormatChartSatisfaction(
                    StatisticsWords.Percent(share),
                    StatisticsWords.Percent(SuccessMetrics.UserSatisfaction)
                )
            );
        var runs = new ChartPanel(StatisticsTexts.ChartRuns, [.. statistics.Weeks.Select(RunsOf)], Target: null);
        var times = new ChartPanel(
            StatisticsTexts.FormatChartTimes(SuccessMetrics.OrderConfirmationTime.TotalMinutes),
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
        new(Dates.Short(week.Monday), week.Runs, StatisticsWords.Number(week.Runs));

    private static ChartBar TimeOf(WeekNumbers week) =>
        new(
            Dates.Short(week.Monday),
            week.MedianTime?.TotalMinutes ?? 0,
            week.MedianTime is { } median ? StatisticsWords.Number(Math.Round(median.TotalMinutes, 1)) : ""
        );

    private static string ShortTimes(ConfirmationTimes times) =>
        times.Percentile95 is { } percentile
            ? StatisticsTexts.FormatChartTimesPercentile(
                StatisticsWords.Duration(percentile),
                StatisticsWords.Duration(SuccessMetrics.OrderConfirmationTime)
            )
            : StatisticsTexts.ChartTimesNone;

    private static string ShortFairness(FairnessNumbers fairness, int windowDays) =>
        fairness.Score is { } score
            ? StatisticsTexts.FormatChartFairness(
                Counts.Days(windowDays),
                StatisticsWords.Number(score),
                StatisticsWords.Number(SuccessMetrics.FairnessScore)
            )
            : StatisticsTexts.ChartFairnessNone;

    private static string InWords(ChartPanel panel) =>
        StatisticsTexts.FormatChartPanelInWords(
            panel.Title,
            string.Join(", ", panel.Bars.Where(bar => bar.Text.Length > 0).Select(bar => $"{bar.Label} {bar.Text}"))
        );
}

/// <summary>Bars side by side.</summary>
/// <param name="Target">Where a line is drawn; null: none.</param>
public sealed record ChartPanel(string Title, IReadOnlyList<ChartBar> Bars, double? Target);

/// <param name="Text">The value, above the bar; empty: there is none.</param>
public sealed record ChartBar(string Label, double Value, string Text);
