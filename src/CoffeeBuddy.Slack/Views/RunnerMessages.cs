using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The direct messages to the runner.</summary>
public static class RunnerMessages
{
    /// <summary>
    /// The assignment: what to bring, and the buttons to end the run. It is updated when people order.
    /// </summary>
    public static SlackMessage Assigned(CoffeeRun run, IReadOnlyCollection<Order> orders) =>
        ToBring(
            run,
            orders,
            $"You go for coffee this time: {RunMessages.Count(orders.Count, "order")} from {Mrkdwn.Channel(run.ChannelId)}.",
            run.AssignmentReason is null ? null : $"Why you: {Mrkdwn.Escape(run.AssignmentReason, 500)}."
        );

    /// <summary>The reminder: a new message with the same orders and buttons.</summary>
    public static SlackMessage Reminder(CoffeeRun run, IReadOnlyCollection<Order> orders) =>
        ToBring(
            run,
            orders,
            $":alarm_clock: A reminder: {RunMessages.Count(orders.Count, "order")} from {Mrkdwn.Channel(run.ChannelId)} to bring.",
            "Press *Mark complete* when everyone has their drink."
        );

    /// <summary>Replaces both messages when the run is over; it has no buttons.</summary>
    public static SlackMessage Closed(CoffeeRun run, int orderCount)
    {
        var orders = RunMessages.Count(orderCount, "order");
        var channel = Mrkdwn.Channel(run.ChannelId);
        var text =
            run.Status == RunStatus.Cancelled
                ? $":x: The run in {channel} was cancelled{RunMessages.By(run)}. No need to go."
                : $":white_check_mark: The run in {channel} is complete, {orders}. Thank you for going!";
        return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
    }

    private static SlackMessage ToBring(CoffeeRun run, IReadOnlyCollection<Order> orders, string title, string? context)
    {
        var runId = run.RunId.ToString();
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($"*{title}*")), .. OrderSummary.Blocks(orders)];
        if (context is not null)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(context)));
        blocks.Add(
            new ActionsBlock(
                RunMessages.CompleteButton(run.RunId),
                new Button(
                    Actions.CancelRun,
                    TextObject.Plain("Cancel run", 75),
                    runId,
                    Button.Danger,
                    ConfirmDialog.Ask(
                        "Cancel this run?",
                        "Nobody will get anything, and everyone is told.",
                        "Cancel run",
                        "Keep it",
                        Button.Danger
                    )
                )
            )
        );
        return new SlackMessage($"{title} {OrderSummary.InWords(orders)}", blocks);
    }
}
