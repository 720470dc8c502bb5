using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers to a person who changes or withdraws an order, and the person's orders with their buttons.</summary>
public static class OrderReplies
{
    private const int DrinkLength = 400;
    private const int WordLength = 100;

    /// <summary>What the person has in a run, each order with its buttons.</summary>
    /// <param name="orders">Of one person in one run.</param>
    /// <param name="canChange">Whether the run takes changes. Without it there are no buttons.</param>
    public static IReadOnlyList<Block> OwnOrders(IReadOnlyList<Order> orders, bool canChange)
    {
        List<Block> blocks = [];
        if (orders.FirstOrDefault(order => order.Guest is null) is { } own)
        {
            blocks.Add(new SectionBlock(TextObject.Mrkdwn(ReplyTexts.FormatYourOrderBold(Drink(own)))));
            if (canChange)
                blocks.Add(
                    new ActionsBlock(
                        RunMessages.ChangeButton(own.RunId, ReplyTexts.ChangeButton),
                        RunMessages.WithdrawButton(own.RunId, ReplyTexts.WithdrawButton)
                    )
                );
        }
        blocks.AddRange(
            orders
                .Where(order => order.Guest is not null)
                .Take(Order.MaxGuests)
                .Select(order => new SectionBlock(
                    TextObject.Mrkdwn(ReplyTexts.FormatGuestOrderBold(Replies.GuestOf(order), Drink(order))),
                    Accessory: canChange
                        ? new Button(
                            Actions.WithdrawGuest,
                            TextObject.Plain(ReplyTexts.WithdrawButton, 75),
                            order.OrderId.ToString()
                        )
                        : null
                ))
        );
        return blocks;
    }

    /// <summary>The person's own order is withdrawn.</summary>
    /// <param name="order">Null: it was withdrawn before.</param>
    /// <param name="left">The person's orders for guests, which stay.</param>
    public static SlackMessage Withdrawn(Order? order, IReadOnlyList<Order> left) =>
        WithOrders(
            AndStay(order is null ? ReplyTexts.OrderWithdrawn : ReplyTexts.FormatOrderWithdrawnWas(Drink(order)), left),
            left
        );

    /// <summary>The person has no order of their own to withdraw.</summary>
    /// <param name="guests">The person's orders for guests.</param>
    public static SlackMessage NothingToWithdraw(IReadOnlyList<Order> guests) =>
        WithOrders(AndStay(guests.Count == 0 ? ReplyTexts.NoOrder : ReplyTexts.NoOrderForYourself, guests), guests);

    /// <summary>The person has several orders, and has not said which to withdraw.</summary>
    public static SlackMessage WhichOne(IReadOnlyList<Order> orders) =>
        WithOrders(orders.Count == 1 ? ReplyTexts.OnlyGuestOrder : ReplyTexts.SeveralOrders, orders);

    /// <summary>The person has no order that could be changed.</summary>
    public static SlackMessage NothingToChange(Guid runId) =>
        WithButton($"{ReplyTexts.NoOrderToChange} {ReplyTexts.ReplyExamples}", runId);

    /// <summary>The order is already as the person wants it.</summary>
    public static SlackMessage Unchanged(Order order) => WithOrders(ReplyTexts.FormatUnchanged(Drink(order)), [order]);

    /// <summary>The reply arrived after a later one.</summary>
    public static SlackMessage Overtaken(Order order) => WithOrders(ReplyTexts.FormatOvertaken(Drink(order)), [order]);

    /// <summary>The text is not clear, so nothing is changed.</summary>
    /// <param name="orders">What the person has in the run.</param>
    public static SlackMessage Unclear(OrderReply.Unclear unclear, Guid runId, IReadOnlyList<Order> orders)
    {
        var words = unclear.Words.Select(word => Mrkdwn.Escape(word, WordLength)).ToList();
        return ChangedNothing(
            unclear.Reason switch
            {
                UnclearReason.UnknownWords => ReplyTexts.FormatUnclearUnknownWords(
                    words.Select(word => ReplyTexts.FormatQuotedWord(word)).Aggregate(ReplyTexts.FormatThisOrThat)
                ),
                UnclearReason.Several => ReplyTexts.FormatUnclearSeveral(words.Aggregate(ReplyTexts.FormatThisAndThat)),
                UnclearReason.WithAndWithout => ReplyTexts.FormatUnclearWithAndWithout(words[0]),
                UnclearReason.WantedOrNot => ReplyTexts.UnclearWantedOrNot,
                UnclearReason.ReplacesWhat => ReplyTexts.UnclearReplacesWhat,
                UnclearReason.AskingOrOrdering => ReplyTexts.UnclearAskingOrOrdering,
                UnclearReason.AskingOrWithdrawing => ReplyTexts.UnclearAskingOrWithdrawing,
                _ => ReplyTexts.UnclearWhatToChange,
            },
            runId,
            orders
        );
    }

    /// <summary>The change does not fit the order, so nothing is changed.</summary>
    /// <param name="orders">What the person has in the run.</param>
    public static SlackMessage DoesNotFit(Guid runId, IReadOnlyList<Order> orders) =>
        ChangedNothing(ReplyTexts.UnclearDoesNotFit, runId, orders);

    /// <summary>What the reply asks for cannot be ordered.</summary>
    /// <param name="orders">What the person has in the run.</param>
    public static SlackMessage NotOffered(MenuRefusal refusal, Guid runId, IReadOnlyList<Order> orders)
    {
        var text = MenuTexts.NotOrdered(refusal);
        return orders.Count == 0 ? WithButton(text, runId) : WithOrders(text, orders);
    }

    /// <summary>The reply with which the person ordered is deleted, or says something else now.</summary>
    public static SlackMessage StillOrdered(Order order) =>
        WithOrders(ReplyTexts.FormatStillOrdered(Drink(order)), [order]);

    /// <summary>The run takes no changes any more.</summary>
    public static SlackMessage TooLate(CoffeeRun run) =>
        Says(
            run switch
            {
                { Status: RunStatus.Active } => Replies.TooLate(run),
                { Status: RunStatus.Completed } => ReplyTexts.TooLateCompleted,
                _ => RunMessages.Cancelled(
                    run,
                    ReplyTexts.TooLateCancelledNobodyCouldGo,
                    ReplyTexts.TooLateCancelledNobodyOrdered,
                    ReplyTexts.TooLateCancelledByAdmin,
                    ReplyTexts.FormatTooLateCancelledByPerson(RunMessages.Closer(run))
                ),
            }
        );

    private static SlackMessage ChangedNothing(string why, Guid runId, IReadOnlyList<Order> orders)
    {
        var text = $"{ReplyTexts.FormatChangedNothing(why)} {ReplyTexts.ReplyExamples}";
        return orders.Count == 0 ? WithButton(text, runId) : WithOrders(text, orders);
    }

    /// <summary>Adds that the orders for guests stay.</summary>
    private static string AndStay(string text, IReadOnlyList<Order> guests) =>
        guests.Count switch
        {
            0 => text,
            1 => $"{text} {ReplyTexts.GuestOrderStays}",
            _ => $"{text} {ReplyTexts.GuestOrdersStay}",
        };

    private static string Drink(Order order) => Mrkdwn.Escape(order.Drink.ToString(), DrinkLength);

    private static SlackMessage WithOrders(string text, IReadOnlyList<Order> orders) =>
        new(text, [new SectionBlock(TextObject.Mrkdwn(text)), .. OwnOrders(orders, canChange: true)]);

    private static SlackMessage WithButton(string text, Guid runId) =>
        new(
            text,
            [
                new SectionBlock(TextObject.Mrkdwn(text)),
                new ActionsBlock(RunMessages.OrderButton(runId, ReplyTexts.OrderButton)),
            ]
        );

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
