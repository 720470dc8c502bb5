namespace CoffeeBuddy.Core.Orders;

/// <summary>What a reply in a run's thread asks for, as <see cref="OrderReplyText"/> reads it.</summary>
public abstract record OrderReply
{
    /// <summary>Orders, or changes the writer's order.</summary>
    public sealed record Change(DrinkChange Drink) : OrderReply;

    /// <summary>Withdraws an order.</summary>
    /// <param name="IsOwn">The text says that it is the writer's own, not one for a guest.</param>
    /// <param name="IsCasual">Without an order it is conversation: "never mind".</param>
    public sealed record Withdrawal(bool IsOwn, bool IsCasual = false) : OrderReply;

    /// <summary>About an order, but not clear: it changes nothing.</summary>
    /// <param name="Words">The writer's words, or entries of the menu, for the reasons that have some.</param>
    public sealed record Unclear(UnclearReason Reason, params IReadOnlyList<string> Words) : OrderReply;
}

/// <summary>Why a reply is not clear.</summary>
public enum UnclearReason
{
    /// <summary>With words that are not understood.</summary>
    UnknownWords,

    /// <summary>With entries of the menu of which an order can have one only.</summary>
    Several,

    /// <summary>With the entry that is wanted and not wanted.</summary>
    WithAndWithout,

    /// <summary>It cannot be told what is wanted from what is not.</summary>
    WantedOrNot,

    ReplacesWhat,
    AskingOrOrdering,
    AskingOrWithdrawing,

    /// <summary>What to change or to withdraw is not said.</summary>
    WhatToChange,
}
