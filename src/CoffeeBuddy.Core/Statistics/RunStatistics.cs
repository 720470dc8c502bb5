namespace CoffeeBuddy.Core.Statistics;

/// <summary>A calendar week in UTC.</summary>
/// <param name="Runs">The runs that were started in it.</param>
/// <param name="MedianTime">Half of them had a runner within this time of their first order; null: none had
/// one.</param>
public sealed record WeekNumbers(DateOnly Monday, int Runs, TimeSpan? MedianTime);

/// <summary>The times from the first order of a run to its first runner.</summary>
/// <param name="Runs">How many runs had both.</param>
/// <param name="InTime">How many of them within <see cref="SuccessMetrics.OrderConfirmationTime"/>.</param>
/// <param name="Median">Null without a run.</param>
/// <param name="Percentile95">Null without a run.</param>
public sealed record ConfirmationTimes(int Runs, int InTime, TimeSpan? Median, TimeSpan? Percentile95);

/// <summary>How the runs of the days of fairness are shared among those who took part in them.</summary>
/// <param name="People">Who ordered or went.</param>
/// <param name="RunsMade">Of all of them.</param>
/// <param name="Score">The population standard deviation of the runs that each made; null without people.</param>
public sealed record FairnessNumbers(int People, int RunsMade, double? Score);

/// <summary>A drink, whatever its size and customizations.</summary>
public sealed record DrinkNumbers(string DrinkType, int Orders);

/// <summary>Somebody who orders and has gone for no run, in any channel.</summary>
public sealed record NeverRunner(string UserId, int RunsTakenPart);

/// <summary>The statistics of a channel or a workspace. Runs that were cancelled do not count.</summary>
public sealed record RunStatistics
{
    /// <summary>The calendar weeks that are counted, the present one included.</summary>
    public const int WeekCount = 12;

    /// <summary>How many drinks are listed.</summary>
    public const int MaxDrinks = 5;

    /// <summary>How many people are listed as going for no run.</summary>
    public const int MaxNeverRunners = 10;

    /// <summary>Who took part in fewer runs is not listed as going for none.</summary>
    public const int MinRunsTakenPart = 3;

    /// <summary>All <see cref="WeekCount"/> weeks, the present one last.</summary>
    public required IReadOnlyList<WeekNumbers> Weeks { get; init; }

    public required ConfirmationTimes Times { get; init; }

    public required FairnessNumbers Fairness { get; init; }

    /// <summary>See <see cref="SuccessMetrics.ActiveFor"/>.</summary>
    public required int ActivePeople { get; init; }

    /// <summary>The most ordered first.</summary>
    public required IReadOnlyList<DrinkNumbers> Drinks { get; init; }

    public required SurveyResult Survey { get; init; }

    /// <summary>Null: the reader may not see it.</summary>
    public IReadOnlyList<NeverRunner>? NeverRunners { get; init; }

    /// <summary>
    /// The runs of an average week, from the week of the first run to the last complete one; null without such a week.
    /// </summary>
    public double? WeeklyActiveRuns
    {
        get
        {
            var complete = Weeks.SkipLast(1).SkipWhile(week => week.Runs == 0).ToList();
            return complete.Count == 0 ? null : complete.Average(week => week.Runs);
        }
    }

    /// <summary>The Monday, in UTC, of the first week that is counted.</summary>
    public static DateOnly FirstMonday(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        return today.AddDays(-(((int)today.DayOfWeek + 6) % 7) - 7 * (WeekCount - 1));
    }
}
