using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers to a person who changes or withdraws an order, and the person's orders with their buttons.</summary>
public static class OrderReplies
{
    private const int DrinkLength = 400;

    private const string Examples =
        "Write for example \"large latte, oat milk\", \"make that a tea\", \"no sugar\" or \"cancel my order\".";

    /// <summary>What the person has in a run, each order with its buttons.</summary>
    /// <param name="orders">Of one person in one run.</param>
    /// <param name="canChange">Whether the run takes changes. Without it there are no buttons.</param>
    public static IReadOnlyList<Block> OwnOrders(IReadOnlyList<Order> orders, bool canChange)
    {
        List<Block> blocks = [];
        if (orders.FirstOrDefault(order => order.Guest is null) is { } own)
        {
            blocks.Add(new SectionBlock(TextObject.Mrkdwn($":coffee: *Your order:* {Drink(own)}")));
            if (canChange)
                blocks.Add(
                    new ActionsBlock(
                        RunMessages.ChangeButton(own.RunId, "Change…"),
                        RunMessages.WithdrawButton(own.RunId, "Withdraw")
                    )
                );
        }
        blocks.AddRange(
            orders
                .Where(order => order.Guest is not null)
                .Take(Order.MaxGuests)
                .Select(order => new SectionBlock(
                    TextObject.Mrkdwn($":coffee: *For your guest {Replies.GuestOf(order)}:* {Drink(order)}"),
                    Accessory: canChange
                        ? new Button(Actions.WithdrawGuest, TextObject.Plain("Withdraw", 75), order.OrderId.ToString())
                        : null
                ))
        );
        return blocks;
    }

    /// <summary>The person's own order is withdrawn.</summary>
    /// <param name="order">Null: it was withdrawn before.</param>
    /// <param name="left">The person's orders for guests, which stay.</param>
    public static SlackMessage Withdrawn(Order? order, IReadOnlyList<Order> left) =>
        WithOrders($"Your order is withdrawn.{(order is null ? "" : $" It was: {Drink(order)}.")}{Stay(left)}", left);

    /// <summary>The person has no order of their own to withdraw.</summary>
    /// <param name="guests">The person's orders for guests.</param>
    public static SlackMessage NothingToWithdraw(IReadOnlyList<Order> guests) =>
        WithOrders($"You have no order in this run{(guests.Count == 0 ? "" : " for yourself")}.{Stay(guests)}", guests);

    /// <summary>The person has several orders, and has not said which to withdraw.</summary>
    public static SlackMessage WhichOne(IReadOnlyList<Order> orders) =>
        WithOrders(
            orders.Count == 1
                ? "You have an order for a guest only. Do you want to withdraw it? I have changed nothing."
                : "You have several orders. Which one do you want to withdraw? I have changed nothing.",
            orders
        );

    /// <summary>The person has no order that could be changed.</summary>
    public static SlackMessage NothingToChange(Guid runId) =>
        WithButton($"You have no order in this run that I could change. {Examples}", runId);

    /// <summary>The order is already as the person wants it.</summary>
    public static SlackMessage Unchanged(Order order) =>
        WithOrders($"That is what you have ordered already: {Drink(order)}.", [order]);

    /// <summary>The reply arrived after a later one.</summary>
    public static SlackMessage Overtaken(Order order) =>
        WithOrders(
            $"A reply of yours reached me after a later one, so I have not applied it. You have ordered: {Drink(order)}.",
            [order]
        );

    /// <summary>The text is not clear, so nothing is changed.</summary>
    /// <param name="why">As a sentence; it can have the person's words.</param>
    /// <param name="orders">What the person has in the run.</param>
    public static SlackMessage Unclear(string why, Guid runId, IReadOnlyList<Order> orders)
    {
        var text = $"{Mrkdwn.Escape(why, 500)} I have changed nothing. {Examples}";
        return orders.Count == 0 ? WithButton(text, runId) : WithOrders(text, orders);
    }

    /// <summary>What the reply asks for cannot be ordered.</summary>
    /// <param name="orders">What the person has in the run.</param>
    public static SlackMessage NotOffered(MenuRefusal refusal, Guid runId, IReadOnlyList<Order> orders)
    {
        var text = MenuTexts.NotOrdered(refusal);
        return orders.Count == 0 ? WithButton(text, runId) : WithOrders(text, orders);
    }

    /// <summary>The reply with which the person ordered is deleted, or says something else now.</summary>
    public static SlackMessage StillOrdered(Order order) =>
        WithOrders($"The reply with your order is gone, but the order stands: {Drink(order)}.", [order]);

    /// <summary>The run takes no changes any more.</summary>
    public static SlackMessage TooLate(CoffeeRun run) =>
        Says(
            run.Status switch
            {
                RunStatus.Active => Replies.TooLate(run),
                RunStatus.Cancelled =>
                    $"This is too late: the run was cancelled{RunMessages.By(run)}. I have changed nothing. `{Commands.Coffee}` starts another.",
                _ =>
                    $"This is too late: the run is complete. I have changed nothing. `{Commands.Coffee}` starts another.",
            }
        );

    private static string Stay(IReadOnlyList<Order> guests) =>
        guests.Count switch
        {
            0 => "",
            1 => " Your order for a guest stays.",
            _ => " Your orders for guests stay.",
        };

    private static string Drink(Order order) => Mrkdwn.Escape(order.Drink.ToString(), DrinkLength);

    private static SlackMessage WithOrders(string text, IReadOnlyList<Order> orders) =>
        new(text, [new SectionBlock(TextObject.Mrkdwn(text)), .. OwnOrders(orders, canChange: true)]);

    private static SlackMessage WithButton(string text, Guid runId) =>
        new(
            text,
            [new SectionBlock(TextObject.Mrkdwn(text)), new ActionsBlock(RunMessages.OrderButton(runId, "Order…"))]
        );

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
