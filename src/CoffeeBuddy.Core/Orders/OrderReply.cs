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
    /// <param name="Why">What is not clear, as a sentence for the writer; it can have the writer's words.</param>
    public sealed record Unclear(string Why) : OrderReply;
}
