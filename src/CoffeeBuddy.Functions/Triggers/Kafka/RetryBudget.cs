namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// The retries of a record before it is dead-lettered: waits of 1 s doubling to 60 s, about half an hour in all.
/// </summary>
internal static class RetryBudget
{
    public const int MaxRetries = 35;
    public const string FirstWait = "00:00:01";
    public const string LongestWait = "00:01:00";
}
