namespace CoffeeBuddy.Core.Events;

/// <summary>The Kafka topics of the specification.</summary>
public static class Topics
{
    public const string SlackEvents = "slack.events";
    public const string Orders = "coffee.orders";
    public const string Assignments = "coffee.assignments";
    public const string Completions = "coffee.completions";
    public const string DeadLetter = "coffee.deadletter";
}

/// <summary>
/// The business events, by their CloudEvents type. An event says that something happened to a run; whoever handles it
/// reads the run and does what is still due.
/// </summary>
public static class EventTypes
{
    public const string RunCreated = "coffee.run.created";
    public const string OrderPlaced = "coffee.order.placed";
    public const string OrderWithdrawn = "coffee.order.withdrawn";
    public const string RunnerAssigned = "coffee.runner.assigned";
    public const string ReminderDue = "coffee.reminder.due";
    public const string RunCompleted = "coffee.run.completed";
    public const string RunCancelled = "coffee.run.cancelled";

    /// <summary>The topic on which an event of this type travels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not one of CoffeeBuddy's.</exception>
    public static string TopicOf(string eventType) =>
        eventType switch
        {
            RunCreated or OrderPlaced or OrderWithdrawn => Topics.Orders,
            RunnerAssigned or ReminderDue => Topics.Assignments,
            RunCompleted or RunCancelled => Topics.Completions,
            _ => throw new ArgumentOutOfRangeException(nameof(eventType), eventType, "Not an event of CoffeeBuddy."),
        };
}
