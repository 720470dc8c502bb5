using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Outbox;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Open a run in a channel, or join the one that is active there.</summary>
/// <param name="DisplayName">As far as the caller knows it; null keeps what is stored, and what the profile says stays in any case.</param>
/// <param name="ChannelName">For where Slack cannot show the channel; null where the caller does not know it.</param>
public sealed record OpenRun(
    string WorkspaceId,
    string ChannelId,
    string UserId,
    string? DisplayName,
    string? TraceParent,
    IdempotencyKey? IdempotencyKey = null,
    string? ChannelName = null
);

/// <param name="Created">False when the run was there already.</param>
/// <param name="OwnOrder">What the person has ordered in this run.</param>
/// <param name="LastDrinks">The person's last three different drinks, the latest first.</param>
/// <param name="Events">To publish now.</param>
/// <param name="Replayed">True for the repetition of an earlier request: its first answer.</param>
/// <param name="Refused">Whether Slack has refused the run's announcement, so that nobody sees the run.</param>
public sealed record OpenedRun(
    CoffeeRun Run,
    bool Created,
    Order? OwnOrder,
    IReadOnlyList<Drink> LastDrinks,
    IReadOnlyList<OutboxEvent> Events,
    bool Replayed,
    bool Refused = false
);

/// <summary>Order in a run, or replace one's order there.</summary>
/// <param name="AsOf">
/// When the person ordered, if that was before the command got here (it may have waited in Kafka): the order counts from
/// then, and one that they placed later stays. Null: now.
/// </param>
public sealed record PlaceOrder(
    Guid RunId,
    string UserId,
    string? DisplayName,
    Drink Drink,
    string? Note,
    string? TraceParent,
    IdempotencyKey? IdempotencyKey = null,
    DateTimeOffset? AsOf = null
);

public enum OrderOutcome
{
    Placed,
    Replaced,

    /// <summary>The same drink and note as before: nothing was changed and nobody is told.</summary>
    Unchanged,

    /// <summary>The person has ordered again since they asked for this: their newer order stands.</summary>
    Superseded,
    Withdrawn,

    /// <summary>A second click before the first one's answer was seen: the order is withdrawn, and its person told so.</summary>
    AlreadyWithdrawn,

    /// <summary>There was no order to withdraw.</summary>
    NoOrder,
    RunClosed,
    RunNotFound,
}

/// <param name="Run">The run after the change; null when it does not exist.</param>
/// <param name="Order">The order that stands, or the one withdrawn.</param>
/// <param name="Events">To publish now.</param>
public sealed record OrderResult(
    OrderOutcome Outcome,
    CoffeeRun? Run,
    Order? Order,
    IReadOnlyList<OutboxEvent> Events,
    bool Replayed
);

/// <param name="Assigned">True for the one call that assigned the runner.</param>
/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To publish now.</param>
public sealed record AssignResult(bool Assigned, CoffeeRun? Run, IReadOnlyList<OutboxEvent> Events);

public enum CloseOutcome
{
    /// <summary>This call completed or cancelled the run.</summary>
    Closed,
    AlreadyCompleted,
    AlreadyCancelled,
    NotAllowed,
    NotFound,
}

/// <param name="Run">The run as it is now; null when it does not exist.</param>
/// <param name="Events">To publish now.</param>
public sealed record CloseResult(CloseOutcome Outcome, CoffeeRun? Run, IReadOnlyList<OutboxEvent> Events);
