using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers to one person.</summary>
public static class Replies
{
    /// <summary>Confirms an order and says how to change it.</summary>
    /// <param name="directlyFrom">The run's channel, when the confirmation is a direct message because the app is not
    /// in the channel.</param>
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

    /// <summary>The text of a mention in a run's thread is not an order.</summary>
    public static SlackMessage NotUnderstood() =>
        Says(
            "I did not understand that as an order. Write for example \"large latte, oat milk\", or \"nothing for me\", or use the button above."
        );

    /// <summary>How to use CoffeeBuddy.</summary>
    public static SlackMessage Help() =>
        Says(
            $"""
            Here is how I help with coffee runs:
            • `{Commands.Coffee}` starts a run in the channel, or joins the one under way, and opens the order form.
            • Writing your order in the run's thread works as well: "large latte, oat milk", or "nothing for me".
            • When enough of you have ordered, I choose fairly who goes, and say why. The runner gets the list and a reminder.
            • `{Commands.History}` shows the last runs of the channel.
            • `{Commands.Cancel}` cancels the run. The person who started it, the runner and admins can do this.
            • `{Commands.Coffee} away`: I will not choose you to go, until you type `{Commands.Coffee} back`. My Home tab has a button for this too.
            """
        );

    /// <summary>Tells the person who started a run that the app cannot post in the channel.</summary>
    public static SlackMessage CannotPost(string channelId) =>
        Says(
            $"I cannot post in {Mrkdwn.Channel(channelId)} yet. Please invite me there with `/invite @CoffeeBuddy`, then type `{Commands.Coffee}` again."
        );

    /// <summary>Offers to open the form again after it did not open in time.</summary>
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

    public static SlackMessage NotAllowedToComplete(CoffeeRun run)
    {
        if (run.RunnerUserId is null)
            return Says("This run has no runner yet, so it cannot be marked complete.");
        var initiator =
            run.RunnerUserId == run.InitiatorUserId ? "" : $", by {Mrkdwn.User(run.InitiatorUserId)}, who started it,";
        return Says(
            $"This run can be marked complete by the runner, {Mrkdwn.User(run.RunnerUserId)}{initiator} or by an admin."
        );
    }

    public static SlackMessage AlreadyCompleted(CoffeeRun run) =>
        Says(
            run.CompletedAt is { } at
                ? $"This run was already completed, {Mrkdwn.Time(at)}."
                : "This run was already completed."
        );

    public static SlackMessage AlreadyCancelled(CoffeeRun run) =>
        Says($"This run was already cancelled{RunMessages.By(run)}.");

    /// <summary>The run of a clicked button does not exist.</summary>
    public static SlackMessage UnknownRun() =>
        Says($"This run no longer exists. Type `{Commands.Coffee}` in a channel to start another.");

    /// <summary>The person has started as many active runs as one person may.</summary>
    public static SlackMessage TooManyRuns(int limit) =>
        Says(
            $"You have started {RunMessages.Count(limit, "run")} that {(limit == 1 ? "is" : "are")} still under way, which is as many as one person may. Complete or cancel one first: `{Commands.Cancel}` in its channel."
        );

    /// <summary>The person sends more requests than one person may.</summary>
    public static SlackMessage SlowDown(TimeSpan wait) =>
        Says($"Slow down, please: I take so many requests of one person only. Try again {InSeconds(wait)}.");

    /// <summary>The same request was received before.</summary>
    public static SlackMessage AlreadyReceived() =>
        Says("I have received exactly this request before, so I did nothing. If something is missing, type it again.");

    /// <summary>The same of a form, as a text below a field.</summary>
    public const string FormAlreadyReceived =
        "I have received exactly this form before. If your order is not in the run's thread, order again.";

    /// <summary>The person is no member of the run's channel; as a text below a field.</summary>
    public const string NotInChannel =
        "Your order was not taken: only members of the run's channel can order. Join the channel and try again in a minute.";

    /// <summary>Slack does not answer who is in the channel.</summary>
    public static SlackMessage CannotCheckMembership() => Says(CannotCheck);

    /// <summary>The same as a text below a field of the form.</summary>
    public const string CannotCheck =
        "Slack does not tell me at the moment whether you are in the run's channel. Please try again shortly.";

    public static string InSeconds(TimeSpan wait) =>
        $"in {RunMessages.Count((int)Math.Ceiling(wait.TotalSeconds), "second")}";

    public static SlackMessage UnknownCommand(string command) =>
        Says(
            $"I do not know `{Mrkdwn.Escape(command, 100)}`. I understand `{Commands.Coffee}`, `{Commands.History}` and `{Commands.Cancel}`."
        );

    public static SlackMessage OnlyInChannels() =>
        Says(
            $"Coffee runs take place in channels, not in direct messages: please type `{Commands.Coffee}` in a channel."
        );

    public static SlackMessage AwayChanged(bool away) =>
        Says(
            away
                ? "You are away: I will not choose you to go."
                : "Welcome back! When you order, I may choose you to go."
        );

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
