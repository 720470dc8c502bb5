namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Every sweep takes a bounded number of runs and is safe at any number of replicas; what is left comes next time.</summary>
internal static class Sweep
{
    public const int Most = 100;
}
