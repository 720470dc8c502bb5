using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Outbox;

namespace CoffeeBuddy.Data.Runs;

/// <summary>Order in a run, or replace one's order there.</summary>
/// <param name="DisplayName">As far as the caller knows it; null keeps the stored name.</param>
/// <param name="TraceParent">The W3C trace context for the events.</param>
/// <param name="AsOf">
/// The time of the order when it was placed earlier, because it waited in Kafka; null: now. An order that the person
/// placed after that time is kept.
/// </param>
/// <param name="ChannelId">The channel in which the caller has found the person to be a member: in a run of another
/// channel the order is not placed. Null: the caller has read the run.</param>
public sealed record PlaceOrder(
    Guid RunId,
    string UserId,
    string? DisplayName,
    Drink Drink,
    string? Note,
    string? TraceParent = null,
    IdempotencyKey? IdempotencyKey = null,
    DateTimeOffset? AsOf = null,
    string? ChannelId = null
);

public enum OrderOutcome
{
    Placed,
    Replaced,

    /// <summary>The same drink and note as before: nothing was changed, no message is sent.</summary>
    Unchanged,

    /// <summary>The person has orders for as many guests as one person may: <see cref="Order.MaxGuests"/>.</summary>
    TooManyGuests,

    /// <summary>The person has ordered again since this request: the newer order is kept.</summary>
    Superseded,
    Withdrawn,

    /// <summary>A double click: the first click has withdrawn the order and was answered.</summary>
    AlreadyWithdrawn,

    /// <summary>There was no order to withdraw or to change.</summary>
    NoOrder,

    /// <summary>The runner has left: orders are neither taken nor withdrawn any more.</summary>
    RunnerLeft,
    RunClosed,
    RunNotFound,

    /// <summary>The change is about a drink that the person does not have: "a latte instead of a tea".</summary>
    DoesNotFit,

    /// <summary>A part of the drink is sold out or, where only the menu counts, not on it.</summary>
    NotOffered,
}

/// <param name="Run">The run after the change; null when it does not exist.</param>
/// <param name="Order">The order that is stored now, or the one withdrawn.</param>
/// <param name="Events">To be published now.</param>
/// <param name="Replayed">True when the request was a repetition: the result is that of the first.</param>
/// <param name="Refusal">What cannot be ordered; only with <see cref="OrderOutcome.NotOffered"/>.</param>
public sealed record OrderResult(
    OrderOutcome Outcome,
    CoffeeRun? Run,
    Order? Order,
    IReadOnlyList<OutboxEvent> Events,
    bool Replayed,
    MenuRefusal? Refusal = null
);
