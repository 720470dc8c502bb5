namespace CoffeeBuddy.Core.Events;

/// <summary>
/// The CloudEvents types. An event of a run only says that something happened to it: the handler reads the run from the
/// database and does what is still to do.
/// </summary>
public static class EventTypes
{
    public const string RunCreated = "coffee.run.created";
    public const string OrderPlaced = "coffee.order.placed";
    public const string OrderWithdrawn = "coffee.order.withdrawn";

    /// <summary>
    /// Who goes has changed, or who is asked to go; without a runner in its data: nobody goes any more. One type for all
    /// of it: workers of the version before put aside events of types that they do not know.
    /// </summary>
    public const string RunnerAssigned = "coffee.runner.assigned";
    public const string ReminderDue = "coffee.reminder.due";
    public const string RunCompleted = "coffee.run.completed";
    public const string RunCancelled = "coffee.run.cancelled";

    /// <summary>A request of Slack's Events API, on <see cref="Topics.SlackEvents"/>.</summary>
    public const string SlackEvent = "slack.event";

    /// <summary>The payload of a click in Slack, on <see cref="Topics.SlackEvents"/>.</summary>
    public const string SlackInteraction = "slack.interaction";

    /// <summary>Whether the type is an event of a run.</summary>
    public static bool IsOfRun(string eventType) => FindTopic(eventType) is not null;

    /// <summary>The topic of an event of a run.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The type is not an event of a run.</exception>
    public static string TopicOf(string eventType) =>
        FindTopic(eventType)
        ?? throw new ArgumentOutOfRangeException(nameof(eventType), eventType, "Not an event of a run.");

    private static string? FindTopic(string eventType) =>
        eventType switch
        {
            RunCreated or OrderPlaced or OrderWithdrawn => Topics.Orders,
            RunnerAssigned or ReminderDue => Topics.Assignments,
            RunCompleted or RunCancelled => Topics.Completions,
            _ => null,
        };
}
