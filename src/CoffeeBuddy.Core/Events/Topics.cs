namespace CoffeeBuddy.Core.Events;

/// <summary>The Kafka topics.</summary>
public static class Topics
{
    public const string SlackEvents = "slack.events";
    public const string Orders = "coffee.orders";
    public const string Assignments = "coffee.assignments";
    public const string Completions = "coffee.completions";
    public const string DeadLetter = "coffee.deadletter";

    /// <summary>Every worker writes to each of them.</summary>
    public static IReadOnlyList<string> All { get; } = [SlackEvents, Orders, Assignments, Completions, DeadLetter];
}
