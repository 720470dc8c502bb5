using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The numbers of the statistics in words, without formatting.</summary>
internal static class StatisticsWords
{
    /// <param name="shown">Null: the whole workspace.</param>
    public static string Title(string? shown) =>
        shown is null
            ? StatisticsTexts.FormatTitleOfWorkspace(RunStatistics.WeekCount)
            : StatisticsTexts.FormatTitleOfChannel(shown, RunStatistics.WeekCount);

    public static string WeeklyActiveRuns(RunStatistics statistics)
    {
        var runs = statistics.WeeklyActiveRuns is { } average
            ? StatisticsTexts.FormatAverage(Decimal(average))
            : StatisticsTexts.NoWeek;
        var target = StatisticsTexts.FormatTarget(
            Counts.ActivePeople(statistics.ActivePeople),
            Decimal(statistics.ActivePeople * SuccessMetrics.WeeklyRunsOfAPerson)
        );
        return $"{runs} {target}";
    }

    public static string OrderConfirmationTime(ConfirmationTimes times) =>
        times is { Median: { } median, Percentile95: { } percentile }
            ? StatisticsTexts.FormatTimes(
                Duration(median),
                Duration(percentile),
                Percent((double)times.InTime / times.Runs),
                Counts.Runs(times.Runs),
                Duration(SuccessMetrics.OrderConfirmationTime)
            )
            : StatisticsTexts.NoRuns;

    public static string FairnessScore(FairnessNumbers fairness, int windowDays) =>
        fairness.Score is { } score
            ? StatisticsTexts.FormatFairness(
                Number(score),
                Counts.Days(windowDays),
                Counts.Runs(fairness.RunsMade),
                Counts.People(fairness.People),
                Number(SuccessMetrics.FairnessScore)
            )
            : StatisticsTexts.FormatFairnessNone(Counts.Days(windowDays));

    public static string UserSatisfaction(SurveyResult survey) =>
        survey.UserSatisfaction is { } share
            ? StatisticsTexts.FormatSurveyResult(
                Percent(share),
                survey.Answers,
                survey.SoSo,
                survey.Dissatisfied,
                Percent(SuccessMetrics.UserSatisfaction)
            )
            : StatisticsTexts.FormatFewAnswers(Counts.Answers(survey.Answers), SurveyResult.MinAnswers);

    public static string Week(WeekNumbers week) => $"{Dates.Short(week.Monday)}: {Number(week.Runs)}";

    /// <summary>For example "3 min 30 s".</summary>
    public static string Duration(TimeSpan time)
    {
        var seconds = (long)Math.Round(time.TotalSeconds);
        return (seconds / 3600, seconds / 60 % 60, seconds % 60) switch
        {
            (0, 0, var rest) => $"{rest} s",
            (0, var minutes, 0) => $"{minutes} min",
            (0, var minutes, var rest) => $"{minutes} min {rest} s",
            var (hours, minutes, _) => $"{hours} h {minutes} min",
        };
    }

    /// <summary>Rounded down, so that no share looks as if it had reached a target that it has missed.</summary>
    public static string Percent(double share) => $"{Dates.Number(Math.Floor(Math.Round(share * 100, 6)), "0")} %";

    public static string Number(double number) => Dates.Number(number, "0.##");

    private static string Decimal(double number) => Dates.Number(number, "0.#");
}
