namespace CoffeeBuddy.Core.Statistics;

/// <summary>The targets of the specification's success metrics.</summary>
public static class SuccessMetrics
{
    /// <summary>Order Confirmation Time: 95 of 100 runs have a runner within this time of their first order.</summary>
    public static readonly TimeSpan OrderConfirmationTime = TimeSpan.FromMinutes(5);

    /// <summary>Fairness Score: the standard deviation of the runs made is below it.</summary>
    public const double FairnessScore = 2;

    /// <summary>User Satisfaction: the share of satisfied answers is at least this.</summary>
    public const double UserSatisfaction = 0.8;

    /// <summary>Weekly Active Runs: at least 10 runs a week for each 20 active people.</summary>
    public const double WeeklyRunsOfAPerson = 10.0 / 20;

    /// <summary>Who has not ordered for so long is not active.</summary>
    public static readonly TimeSpan ActiveFor = TimeSpan.FromDays(14);
}
