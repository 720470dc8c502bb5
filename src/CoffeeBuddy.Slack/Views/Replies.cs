using System.Globalization;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The answers to one person.</summary>
public static class Replies
{
    /// <summary>Confirms a person's orders in a run: their own, and those for their guests.</summary>
    /// <param name="orders">At least one.</param>
    /// <param name="directlyFrom">The run's channel, when the confirmation is a direct message because the app is not
    /// in the channel.</param>
    public static SlackMessage OrderConfirmation(IReadOnlyList<Order> orders, string? directlyFrom = null)
    {
        var where = directlyFrom is null ? "" : $" in {Mrkdwn.Channel(directlyFrom)}";
        var how = directlyFrom is null ? ", here or by writing your order in the run's thread" : "";
        var runId = orders[0].RunId;
        List<Block> blocks = [];
        var own = orders.FirstOrDefault(order => order.Guest is null);
        if (own is not null)
            blocks.Add(new SectionBlock(TextObject.Mrkdwn($":coffee: *Your order{where}:* {DrinkAndNote(own)}")));
        var guests = orders.Where(order => order.Guest is not null).Take(Order.MaxGuests).ToList();
        blocks.AddRange(
            guests.Select(order => new SectionBlock(
                TextObject.Mrkdwn($":coffee: *For your guest {GuestOf(order)}{where}:* {DrinkAndNote(order)}"),
                Accessory: new Button(Actions.WithdrawGuest, TextObject.Plain("Undo", 75), order.OrderId.ToString())
            ))
        );
        List<Element> buttons = [RunMessages.OrderButton(runId, own is null ? "Order for me…" : "Change…")];
        if (own is not null)
            buttons.Add(new Button(Actions.WithdrawOrder, TextObject.Plain("Undo", 75), runId.ToString()));
        blocks.Add(new ActionsBlock(buttons));
        blocks.Add(new ContextBlock(TextObject.Mrkdwn($"You can change it until the runner leaves{how}.")));
        List<string> lines = own is null ? [] : [$"Your order{where}: {Mrkdwn.Escape(own.Drink.ToString(), 1000)}"];
        lines.AddRange(
            guests.Select(order =>
                $"For your guest {GuestOf(order)}{where}: {Mrkdwn.Escape(order.Drink.ToString(), 400)}"
            )
        );
        return new SlackMessage(string.Join('\n', lines), blocks);
    }

    private static string DrinkAndNote(Order order) =>
        string.IsNullOrWhiteSpace(order.Note)
            ? Mrkdwn.Escape(order.Drink.ToString(), 1000)
            : $"{Mrkdwn.Escape(order.Drink.ToString(), 1000)}\n:memo: {Mrkdwn.Escape(order.Note, 1000)}";

    internal static string GuestOf(Order order) => Mrkdwn.Escape(order.Guest, Order.MaxGuestLength);

    /// <summary>Says that the order for a guest is withdrawn.</summary>
    public static SlackMessage GuestOrderWithdrawn(Order order) =>
        Says($"Your order for {GuestOf(order)} is withdrawn.");

    /// <summary>The order for a guest was withdrawn before.</summary>
    public static SlackMessage NoGuestOrderToWithdraw() => Says("This order is not in the run any more.");

    /// <summary>The person has orders for as many guests as one person may; as a text below a field.</summary>
    public static string TooManyGuests =>
        $"You have orders for {Order.MaxGuests} guests in this run, which is as many as one person may.";

    /// <summary>The runner has left: nothing was changed; in mrkdwn.</summary>
    public static string TooLate(CoffeeRun run) =>
        $"This came too late and changed nothing: {ProgressMessages.HasLeft(run)}";

    public static SlackMessage OrdersClosed(CoffeeRun run) => Says(TooLate(run));

    public static SlackMessage NotAllowedToReport(CoffeeRun run) =>
        Says(
            run.RunnerUserId is null
                ? "Nobody goes for this run at present."
                : $"{Mrkdwn.User(run.RunnerUserId)}, who goes, or an admin can press this."
        );

    public static SlackMessage NothingOrdered() => Says("Nobody has ordered, so there is nothing to fetch.");

    public static SlackMessage NothingToCollect() => Says("There is nothing for you to collect on this run.");

    public static SlackMessage NotBackYet(CoffeeRun run) => Says($"{Mrkdwn.User(run.RunnerUserId!)} is not back yet.");

    /// <summary>The run cannot be handed over any more; in mrkdwn.</summary>
    public const string IsBack = "The runner is back with the drinks, so nobody else can go any more.";

    public static SlackMessage Snoozed(DateTimeOffset until) => Says($"I will remind you again {Mrkdwn.Time(until)}.");

    public static SlackMessage NoMoreReminders() => Says("That was the last reminder: there is none to postpone.");

    public static SlackMessage OnlyRunnerSnoozes() => Says("Only the runner of this run is reminded.");

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
            • `{Commands.Coffee} 10` starts a run and gives everybody ten minutes from the first order. Its initiator can add five with "+5 min", or "Choose now".
            • Writing your order in the run's thread works as well: "large latte, oat milk". There you can also change it, "make that a flat white" or "no sugar", and withdraw it, "cancel my order".
            • When enough of you have ordered, I choose fairly who goes, and say why. The runner gets the list and reminders, and closes the orders with "Leaving now".
            • `{Commands.History}` shows the last runs of the channel.
            • `{Commands.Statistics}` shows the numbers of the channel: runs per week, fairness, times and drinks, and as a chart.
            • `{Commands.Cancel}` cancels the run. The person who started it, the runner and admins can do this.
            • `{Commands.Coffee} away`: I will not choose you to go, until you type `{Commands.Coffee} back`. With an end too: `{Commands.Coffee} away till Friday`, `{Commands.Coffee} away 3 days`.
            • My Home tab has your turn, your drinks and your settings.
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
            [new SectionBlock(TextObject.Mrkdwn(text)), new ActionsBlock(RunMessages.OrderButton(runId, "Order…"))]
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

    /// <summary>What the person hears who wants to go, cannot go, or was asked to go; in mrkdwn.</summary>
    public static string NotTheRunner(CoffeeRun run) =>
        run.RunnerUserId is null
            ? "Nobody goes for this run at present."
            : $"You are not the runner of this run: {Mrkdwn.User(run.RunnerUserId)} goes.";

    public static string AlreadySteppedBack(CoffeeRun run) =>
        run.RunnerUserId is null
            ? "I know already that you cannot go."
            : $"I know already that you cannot go: {Mrkdwn.User(run.RunnerUserId)} goes.";

    /// <summary>Somebody else goes, or the request has lapsed.</summary>
    public static SlackMessage NotNeeded(CoffeeRun run) =>
        Says(
            run.RunnerUserId is null
                ? "You are not asked any more."
                : $"{Mrkdwn.User(run.RunnerUserId)} goes already. Thank you nevertheless!"
        );

    public static SlackMessage NotAllowedToChangeDeadline(CoffeeRun run) =>
        Says(
            $"The time for orders can be changed by {Mrkdwn.User(run.InitiatorUserId)}, who started the run, or an admin."
        );

    public static SlackMessage WindowTooLong() =>
        Says($"People can order for at most {RunRules.LongestWindow.TotalHours} hours before somebody is chosen.");

    public static SlackMessage NobodyToChoose() => Says("Nobody has ordered yet, so I cannot choose anybody.");

    /// <summary>The minutes of the command are those of a new run only.</summary>
    public static SlackMessage WindowOfOtherRun(CoffeeRun run) =>
        Says(
            $"There is a run here already, whose time stays as it is; you can order in it. {Mrkdwn.User(run.InitiatorUserId)} can extend it with \"+5 min\"."
        );

    /// <summary>The minutes of the command are too few or too many.</summary>
    public static SlackMessage WrongWindow() =>
        Says(
            $"Give the minutes for ordering from {RunRules.ShortestWindow.TotalMinutes} to {RunRules.LongestWindow.TotalMinutes}, for example `{Commands.Coffee} 10`."
        );

    public static SlackMessage YouGoAlready() => Says("You go already: my direct message has the list.");

    public static SlackMessage NotAsked() => Says("You were not asked to go for this run.");

    /// <summary>The person who is to be asked has said no, or cannot go; below a field.</summary>
    public const string HasDeclined = "This person has said already that they do not go for this run.";

    /// <summary>The person who is to be asked was asked before; below a field.</summary>
    public const string IsAsked = "This person is asked already, and has not answered yet.";

    /// <summary>The person who is to be asked is the one who asks; below a field.</summary>
    public const string IsYourself = "That is you. Choose somebody else.";

    /// <summary>The person who is to be asked is not in the run's channel; below a field.</summary>
    public const string AskedNotInChannel = "Only people in the run's channel can be asked.";

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

    /// <summary>The person is away.</summary>
    /// <param name="until">In the person's time zone; null: until they say that they are back.</param>
    public static SlackMessage Away(DateTimeOffset? until, string zone) =>
        Says(
            until is { } end
                ? $"You are away until {end.ToString("dddd, d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} ({Mrkdwn.Escape(zone, 100)}): I will not choose you to go before. `{Commands.Coffee} back` ends it earlier."
                : $"You are away until you type `{Commands.Coffee} back`: I will not choose you to go."
        );

    public static SlackMessage Back() => Says("Welcome back! When you order, I may choose you to go.");

    /// <summary>The text after "away" is not clear. Nothing is stored.</summary>
    public static SlackMessage AwayUnclear(AwayFault fault)
    {
        var why = fault switch
        {
            AwayFault.Past => "That time has passed",
            AwayFault.TooLong => $"You can be away for at most {AwayText.LongestDays} days with an end",
            _ => "I do not know until when you mean",
        };
        return Says(
            $"""
            {why}, so I have changed nothing. I understand for example:
            • `{Commands.Coffee} away`: until you type `{Commands.Coffee} back`
            • `{Commands.Coffee} away till Friday`, `{Commands.Coffee} away until 2026-12-24`, `{Commands.Coffee} away until 3pm`: until this day or time begins
            • `{Commands.Coffee} away today`, `{Commands.Coffee} away tomorrow`, `{Commands.Coffee} away 3 days`: from now until the end of it
            """
        );
    }

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
