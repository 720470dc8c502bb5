using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The messages about a run in its channel and in the thread.</summary>
public static class RunMessages
{
    private const int ReasonLength = 500;

    /// <summary>The first message of the run's thread; it is updated when people order.</summary>
    public static SlackMessage Announcement(CoffeeRun run, int orderCount)
    {
        var initiator = Mrkdwn.User(run.InitiatorUserId);
        var orders = Count(orderCount, "order");
        var state = run switch
        {
            { Status: RunStatus.Completed } =>
                $":white_check_mark: Complete, {orders}{Runner(run, " brought by {0}")}.",
            { Status: RunStatus.Cancelled } => $":x: Cancelled{By(run)}.",
            { RunnerUserId: not null } =>
                $":walking: {orders}. {Mrkdwn.User(run.RunnerUserId)} goes; orders are still taken.",
            { DeadlineAt: { } deadline } =>
                $":hourglass_flowing_sand: {orders}. I will choose who goes by {Mrkdwn.Time(deadline)}.",
            _ when orderCount > 0 => $":hourglass_flowing_sand: {orders}.",
            _ => ":hourglass_flowing_sand: No orders yet. Who would like something?",
        };
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":coffee: *{initiator} is organising a coffee run.*")),
            new ContextBlock(TextObject.Mrkdwn(state)),
        ];
        if (RunRules.AcceptsOrders(run))
            blocks.Add(new ActionsBlock(OrderButton(run.RunId), WithdrawButton(run.RunId)));
        return new SlackMessage($"{initiator} is organising a coffee run. {state}", blocks);
    }

    /// <summary>All orders, in the thread; it is updated when people order.</summary>
    public static SlackMessage Summary(CoffeeRun run, IReadOnlyCollection<Order> orders) =>
        new(
            $"Orders so far: {OrderSummary.InWords(orders)}.",
            [
                new SectionBlock(
                    TextObject.Mrkdwn(
                        $"*{Count(orders.Count, "order")} {(RunRules.AcceptsOrders(run) ? "so far" : "in all")}*"
                    )
                ),
                .. OrderSummary.Blocks(orders),
            ]
        );

    /// <summary>
    /// The runner and the reason for the choice, in the thread. Until the run is over it has the button "Mark
    /// complete", for a runner whom the direct message does not reach; clicks of others are refused.
    /// </summary>
    public static SlackMessage Assignment(CoffeeRun run) =>
        AboutRunner(run, $"{Mrkdwn.User(run.RunnerUserId ?? "")} goes.", RunRules.AcceptsOrders(run));

    /// <summary>The same by direct message, where the thread cannot be posted in.</summary>
    /// <param name="mayComplete">Whether to show the button.</param>
    public static SlackMessage AssignmentDirectly(CoffeeRun run, bool mayComplete) =>
        AboutRunner(
            run,
            $"{Mrkdwn.User(run.RunnerUserId ?? "")} goes for the coffee run in {Mrkdwn.Channel(run.ChannelId)}.",
            mayComplete && RunRules.AcceptsOrders(run)
        );

    private static SlackMessage AboutRunner(CoffeeRun run, string who, bool withButton)
    {
        var why = run.AssignmentReason is null ? "" : $" Why: {Mrkdwn.Escape(run.AssignmentReason, ReasonLength)}.";
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":walking: *{who}*{why}"))];
        if (withButton)
            blocks.Add(new ActionsBlock(CompleteButton(run.RunId)));
        return new SlackMessage($"{who}{why}", blocks);
    }

    /// <summary>Tells everyone who ordered that the run is complete, in the thread.</summary>
    public static SlackMessage Completed(CoffeeRun run, IReadOnlyCollection<Order> orders)
    {
        var done = run.IsClosedBySystem
            ? "Nobody marked this coffee run as complete, so I did."
            : $"The coffee run is complete{Runner(run, ", thanks to {0}")}!";
        var people = orders.Select(order => order.UserId).Distinct().Select(Mrkdwn.User).ToList();
        return new SlackMessage(
            $"{done} {LinePacker.Join(people, " ", 3000)}".TrimEnd(),
            [
                new SectionBlock(
                    TextObject.Mrkdwn($":white_check_mark: *{done}* {(people.Count > 0 ? "Enjoy:" : "")}".TrimEnd())
                ),
                .. LinePacker.Pack(people, " "),
            ]
        );
    }

    /// <summary>The run was cancelled, by a person or because nobody ordered; in the thread.</summary>
    public static SlackMessage Cancelled(CoffeeRun run)
    {
        var text = run switch
        {
            { IsClosedBySystem: true } => "Nobody ordered, so this coffee run was cancelled.",
            { ClosedByUserId: null } => "An admin cancelled this coffee run.",
            _ => $"{Mrkdwn.User(run.ClosedByUserId)} cancelled this coffee run.",
        };
        return new SlackMessage(
            text,
            [new SectionBlock(TextObject.Mrkdwn($":x: {text} `{Commands.Coffee}` starts another."))]
        );
    }

    /// <summary>
    /// Tells one person who ordered that the run is over, by direct message: the app is not in the channel, so there is
    /// no thread.
    /// </summary>
    public static SlackMessage ClosedDirectly(CoffeeRun run)
    {
        var channel = Mrkdwn.Channel(run.ChannelId);
        var text = run switch
        {
            { Status: RunStatus.Cancelled } => $":x: The coffee run in {channel} was cancelled{By(run)}.",
            { IsClosedBySystem: true } =>
                $":white_check_mark: Nobody marked the coffee run in {channel} as complete, so I did.",
            _ => $":white_check_mark: The coffee run in {channel} is complete{Runner(run, ", thanks to {0}")}!",
        };
        return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
    }

    internal static Button OrderButton(Guid runId) =>
        new(Actions.OpenOrder, TextObject.Plain("Add or change my order", 75), runId.ToString(), Button.Primary);

    internal static Button CompleteButton(Guid runId) =>
        new(Actions.CompleteRun, TextObject.Plain("Mark complete", 75), runId.ToString(), Button.Primary);

    internal static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    internal static string By(CoffeeRun run) =>
        run switch
        {
            { IsClosedBySystem: true } => ", because nobody ordered",
            { ClosedByUserId: null } => " by an admin",
            _ => $" by {Mrkdwn.User(run.ClosedByUserId)}",
        };

    private static string Runner(CoffeeRun run, string format) =>
        run.RunnerUserId is null ? "" : string.Format(null, format, Mrkdwn.User(run.RunnerUserId));

    private static Button WithdrawButton(Guid runId) =>
        new(
            Actions.WithdrawOrder,
            TextObject.Plain("Withdraw mine", 75),
            runId.ToString(),
            Confirm: ConfirmDialog.Ask(
                "Withdraw your order?",
                "You will get nothing on this run, unless you order again.",
                "Withdraw",
                "Keep it"
            )
        );
}
