namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>How long a record is tried again before it is dead-lettered: 1 s doubling to 60 s, about half an hour in all (DESIGN §3.10).</summary>
internal static class RetryBudget
{
    public const int MaxRetries = 35;
    public const string FirstWait = "00:00:01";
    public const string LongestWait = "00:01:00";
}
