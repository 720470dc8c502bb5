using CoffeeBuddy.Core.Orders;

namespace CoffeeBuddy.Core.Runs;

/// <summary>The state of a run; stored as the lower-case names of the specification.</summary>
public enum RunStatus
{
    Active,
    Completed,
    Cancelled,
}

/// <summary>One coffee run of one channel, as it is stored. All times are UTC.</summary>
public sealed record CoffeeRun : IRunReference
{
    public required Guid RunId { get; init; }

    /// <summary>The Slack workspace's id ("T…").</summary>
    public required string WorkspaceId { get; init; }

    /// <summary>The Slack channel in which the run was started ("C…").</summary>
    public required string ChannelId { get; init; }

    public required string InitiatorUserId { get; init; }

    /// <summary>The person who fetches the coffee; null until one is assigned.</summary>
    public string? RunnerUserId { get; init; }

    public RunStatus Status { get; init; }
    public DateTimeOffset CreatedAt { get; init; }
    public DateTimeOffset? FirstOrderAt { get; init; }

    /// <summary>
    /// The initiator's own order window; null: <see cref="CoffeeOptions.OrderWindow"/>, which a number of orders can end
    /// early.
    /// </summary>
    public TimeSpan? OrderWindow { get; init; }

    /// <summary>The latest time of the assignment: one order window after the first order.</summary>
    public DateTimeOffset? DeadlineAt { get; init; }

    public DateTimeOffset? AssignedAt { get; init; }

    /// <summary>Why somebody is the runner, in English.</summary>
    public string? AssignmentReason { get; init; }

    /// <summary>The same for other languages; null: it is only known in English.</summary>
    public ReasonParts? AssignmentReasonParts { get; init; }

    /// <summary>The version in which the runner last changed.</summary>
    public int RunnerVersion { get; init; }

    /// <summary>
    /// Since when nobody who ordered can go; null: somebody goes, or nobody has been asked to.
    /// </summary>
    public DateTimeOffset? UndecidedSince { get; init; }

    /// <summary>When the runner left: orders are closed from then on.</summary>
    public DateTimeOffset? LeftAt { get; init; }

    /// <summary>When the runner was back with the drinks.</summary>
    public DateTimeOffset? BackAt { get; init; }

    /// <summary>The time of the latest reminder of this runner.</summary>
    public DateTimeOffset? ReminderSentAt { get; init; }

    /// <summary>When a reminder of this runner was last queued.</summary>
    public DateTimeOffset? ReminderQueuedAt { get; init; }

    /// <summary>How many reminders this runner has got.</summary>
    public int RemindersSent { get; init; }

    /// <summary>The runner wants no further reminder before this time.</summary>
    public DateTimeOffset? SnoozedUntil { get; init; }

    public DateTimeOffset? CompletedAt { get; init; }
    public DateTimeOffset? CancelledAt { get; init; }

    /// <summary>
    /// The person who completed or cancelled the run; null while it is active, and when the system or an admin without
    /// a Slack user id closed it.
    /// </summary>
    public string? ClosedByUserId { get; init; }

    /// <summary>The token's subject, when an admin without a Slack user id closed the run.</summary>
    public string? ClosedBySubject { get; init; }

    /// <summary>Whether the system closed a run that is over: nobody ordered, or nobody completed it.</summary>
    public bool IsClosedBySystem => ClosedByUserId is null && ClosedBySubject is null;

    /// <summary>
    /// Increases with every change of the run or its orders. A Slack message that shows an older version is out of
    /// date.
    /// </summary>
    public int Version { get; init; }
}
