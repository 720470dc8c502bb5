using System.Globalization;
using CoffeeBuddy.Core.Statistics;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The numbers of the statistics in words, without formatting.</summary>
internal static class StatisticsWords
{
    private const string NoRuns = "No run has had both an order and a runner yet.";

    /// <param name="shown">Null: the whole workspace.</param>
    public static string Title(string? shown) =>
        shown is null
            ? $"Coffee runs of the workspace in the last {RunStatistics.WeekCount} weeks"
            : $"Coffee runs of {shown} in the last {RunStatistics.WeekCount} weeks";

    public static string WeeklyActiveRuns(RunStatistics statistics)
    {
        var target =
            $"The target for {RunMessages.Count(statistics.ActivePeople, "active person", "active people")} is at least {Decimal(statistics.ActivePeople * SuccessMetrics.WeeklyRunsOfAPerson)} a week.";
        return statistics.WeeklyActiveRuns is { } average
            ? $"{Decimal(average)} a week on average. {target}"
            : $"No week with a run is over yet. {target}";
    }

    public static string OrderConfirmationTime(ConfirmationTimes times) =>
        times is { Median: { } median, Percentile95: { } percentile }
            ? $"From the first order to a runner: median {Duration(median)}, 95th percentile {Duration(percentile)}; {Percent((double)times.InTime / times.Runs)} of {RunMessages.Count(times.Runs, "run")} within {Duration(SuccessMetrics.OrderConfirmationTime)}. The target for the 95th percentile is under {Duration(SuccessMetrics.OrderConfirmationTime)}."
            : NoRuns;

    public static string FairnessScore(FairnessNumbers fairness, int windowDays) =>
        fairness.Score is { } score
            ? $"{Number(score)} is the standard deviation of the runs made in {RunMessages.Count(windowDays, "day")}: {RunMessages.Count(fairness.RunsMade, "run")} by {RunMessages.Count(fairness.People, "person", "people")}. The target is under {Number(SuccessMetrics.FairnessScore)}."
            : $"Nobody has taken part in a run within {RunMessages.Count(windowDays, "day")}.";

    public static string UserSatisfaction(SurveyResult survey) =>
        survey.UserSatisfaction is { } share
            ? $"{Percent(share)} of {survey.Answers} answers are satisfied, {survey.SoSo} so-so, {survey.Dissatisfied} not satisfied. The target is at least {Percent(SuccessMetrics.UserSatisfaction)}."
            : $"There are {RunMessages.Count(survey.Answers, "answer")} so far. I show them from {SurveyResult.MinAnswers} on, so that nobody can guess who gave them.";

    public static string Week(WeekNumbers week) => $"{Day(week.Monday)}: {Number(week.Runs)}";

    public static string Day(DateOnly day) => day.ToString("d MMM", CultureInfo.InvariantCulture);

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
    public static string Percent(double share) =>
        $"{Math.Floor(Math.Round(share * 100, 6)).ToString("0", CultureInfo.InvariantCulture)} %";

    public static string Number(double number) => number.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Decimal(double number) => number.ToString("0.#", CultureInfo.InvariantCulture);
}
