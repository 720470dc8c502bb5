using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What one person is told in answer to what they did.</summary>
public static class Replies
{
    /// <summary>The order was taken: what it is, and how to change it.</summary>
    /// <param name="directlyFrom">The run's channel, where the app is not in it and there is no thread: it is said in a direct message then.</param>
    public static SlackMessage OrderConfirmation(Order order, string? directlyFrom = null)
    {
        var where = directlyFrom is null ? "" : $" in {Mrkdwn.Channel(directlyFrom)}";
        var how = directlyFrom is null ? ", here or by writing your order in the run's thread" : "";
        var note = string.IsNullOrWhiteSpace(order.Note) ? "" : $"\n:memo: {Mrkdwn.Escape(order.Note, 1000)}";
        var text = $"Your order{where}: {Mrkdwn.Escape(order.Drink.ToString(), 1000)}";
        return new SlackMessage(
            text,
            [
                new SectionBlock(
                    TextObject.Mrkdwn(
                        $":coffee: *Your order{where}:* {Mrkdwn.Escape(order.Drink.ToString(), 1000)}{note}"
                    ),
                    Accessory: RunMessages.OrderButton(order.RunId)
                ),
                new ContextBlock(TextObject.Mrkdwn($"You can change it until the run is complete{how}.")),
            ]
        );
    }

    public static SlackMessage OrderWithdrawn() => Says("Your order is withdrawn.");

    public static SlackMessage NoOrderToWithdraw() => Says("You have no order in this run.");

    /// <summary>How to use CoffeeBuddy.</summary>
    public static SlackMessage Help() =>
        Says(
            $"""
            Here is how I help with coffee runs:
            • `{Commands.Coffee}` starts a run in the channel, or joins the one under way, and opens the order form.
            • Writing your order in the run's thread works as well: "large latte, oat milk", or "nothing for me".
            • When enough of you have ordered, I settle fairly who goes, and why. The runner gets the list and a reminder.
            • `{Commands.History}` shows the last runs of the channel.
            • `{Commands.Cancel}` cancels the run; for whoever started it, the runner, and admins.
            • `{Commands.Coffee} away` keeps me from sending you, `{Commands.Coffee} back` ends it; so does my Home tab.
            """
        );

    /// <summary>To the one who started a run where we may not post.</summary>
    public static SlackMessage CannotPost(string channelId) =>
        Says(
            $"I cannot post in {Mrkdwn.Channel(channelId)} yet. Please invite me there with `/invite @CoffeeBuddy`, then type `{Commands.Coffee}` again."
        );

    /// <summary>The form did not open in time: offers to open it again.</summary>
    public static SlackMessage FormDidNotOpen(Guid runId)
    {
        const string text = "The order form did not open in time. Please try again:";
        return new SlackMessage(
            text,
            [new SectionBlock(TextObject.Mrkdwn(text)), new ActionsBlock(RunMessages.OrderButton(runId))]
        );
    }

    public static SlackMessage RunCancelled() => Says("The run is cancelled. I am telling everyone in its thread.");

    public static SlackMessage NoActiveRun() =>
        Says($"There is no coffee run under way in this channel. `{Commands.Coffee}` starts one.");

    public static SlackMessage NotAllowedToCancel(CoffeeRun run)
    {
        var who =
            run.RunnerUserId is null || run.RunnerUserId == run.InitiatorUserId
                ? ""
                : $", the runner {Mrkdwn.User(run.RunnerUserId)}";
        return Says(
            $"This run can be cancelled by {Mrkdwn.User(run.InitiatorUserId)}, who started it{who}, or an admin."
        );
    }

    public static SlackMessage NotAllowedToComplete(CoffeeRun run) =>
        Says(
            run.RunnerUserId is null
                ? "Nobody has been sent on this run yet, so it cannot be marked complete."
                : $"Only the runner, {Mrkdwn.User(run.RunnerUserId)}, or an admin can mark this run complete."
        );

    public static SlackMessage AlreadyCompleted(CoffeeRun run) =>
        Says(
            run.CompletedAt is { } at
                ? $"This run was already completed, {Mrkdwn.Time(at)}."
                : "This run was already completed."
        );

    public static SlackMessage AlreadyCancelled(CoffeeRun run) =>
        Says($"This run was already cancelled{RunMessages.By(run)}.");

    /// <summary>The run that a button belongs to is not there any more.</summary>
    public static SlackMessage UnknownRun() =>
        Says($"I do not know this run any more. `{Commands.Coffee}` starts another.");

    public static SlackMessage UnknownCommand(string command) =>
        Says(
            $"I do not know `{Mrkdwn.Escape(command, 100)}`. I understand `{Commands.Coffee}`, `{Commands.History}` and `{Commands.Cancel}`."
        );

    public static SlackMessage OnlyInChannels() =>
        Says($"A coffee run needs company: please type `{Commands.Coffee}` in a channel.");

    public static SlackMessage AwayChanged(bool away) =>
        Says(away ? "You are away: I will not send you on runs." : "Welcome back! You take your turn again.");

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
