using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

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
        var channel = directlyFrom is null ? null : Mrkdwn.Channel(directlyFrom);
        var runId = orders[0].RunId;
        List<Block> blocks = [];
        var own = orders.FirstOrDefault(order => order.Guest is null);
        if (own is not null)
            blocks.Add(new SectionBlock(TextObject.Mrkdwn(InBold(own, channel))));
        var guests = orders.Where(order => order.Guest is not null).Take(Order.MaxGuests).ToList();
        blocks.AddRange(
            guests.Select(order => new SectionBlock(
                TextObject.Mrkdwn(InBold(order, channel)),
                Accessory: new Button(
                    Actions.WithdrawGuest,
                    TextObject.Plain(ReplyTexts.UndoButton, 75),
                    order.OrderId.ToString()
                )
            ))
        );
        List<Element> buttons =
        [
            RunMessages.OrderButton(runId, own is null ? ReplyTexts.OrderForMeButton : ReplyTexts.ChangeButton),
        ];
        if (own is not null)
            buttons.Add(
                new Button(Actions.WithdrawOrder, TextObject.Plain(ReplyTexts.UndoButton, 75), runId.ToString())
            );
        blocks.Add(new ActionsBlock(buttons));
        blocks.Add(
            new ContextBlock(
                TextObject.Mrkdwn(
                    channel is null ? ReplyTexts.ChangeHereUntilRunnerLeaves : ReplyTexts.ChangeUntilRunnerLeaves
                )
            )
        );
        var lines = guests.Select(order => Line(order, channel, 400));
        return new SlackMessage(
            string.Join('\n', own is null ? lines : lines.Prepend(Line(own, channel, 1000))),
            blocks
        );
    }

    /// <param name="channel">Null: the message is in the run's channel.</param>
    private static string InBold(Order order, string? channel) =>
        (order.Guest, channel) switch
        {
            (null, null) => ReplyTexts.FormatYourOrderBold(DrinkAndNote(order)),
            (null, _) => ReplyTexts.FormatYourOrderInBold(channel, DrinkAndNote(order)),
            (_, null) => ReplyTexts.FormatGuestOrderBold(GuestOf(order), DrinkAndNote(order)),
            _ => ReplyTexts.FormatGuestOrderInBold(GuestOf(order), channel, DrinkAndNote(order)),
        };

    private static string Line(Order order, string? channel, int drinkLength)
    {
        var drink = Mrkdwn.Escape(order.Drink.ToString(), drinkLength);
        return (order.Guest, channel) switch
        {
            (null, null) => ReplyTexts.FormatYourOrder(drink),
            (null, _) => ReplyTexts.FormatYourOrderIn(channel, drink),
            (_, null) => ReplyTexts.FormatGuestOrder(GuestOf(order), drink),
            _ => ReplyTexts.FormatGuestOrderIn(GuestOf(order), channel, drink),
        };
    }

    private static string DrinkAndNote(Order order) =>
        string.IsNullOrWhiteSpace(order.Note)
            ? Mrkdwn.Escape(order.Drink.ToString(), 1000)
            : $"{Mrkdwn.Escape(order.Drink.ToString(), 1000)}\n:memo: {Mrkdwn.Escape(order.Note, 1000)}";

    internal static string GuestOf(Order order) => Mrkdwn.Escape(order.Guest, Order.MaxGuestLength);

    /// <summary>Says that the order for a guest is withdrawn.</summary>
    public static SlackMessage GuestOrderWithdrawn(Order order) =>
        Says(ReplyTexts.FormatGuestOrderWithdrawn(GuestOf(order)));

    /// <summary>The order for a guest was withdrawn before.</summary>
    public static SlackMessage NoGuestOrderToWithdraw() => Says(ReplyTexts.NoGuestOrderToWithdraw);

    /// <summary>The person has orders for as many guests as one person may; as a text below a field.</summary>
    public static string TooManyGuests => ReplyTexts.FormatTooManyGuests(Order.MaxGuests);

    /// <summary>The runner has left: nothing was changed; in mrkdwn.</summary>
    public static string TooLate(CoffeeRun run) => ReplyTexts.FormatTooLate(ProgressMessages.HasLeft(run));

    public static SlackMessage OrdersClosed(CoffeeRun run) => Says(TooLate(run));

    public static SlackMessage NotAllowedToReport(CoffeeRun run) =>
        Says(
            run.RunnerUserId is null
                ? ReplyTexts.NobodyGoes
                : ReplyTexts.FormatNotAllowedToReport(Mrkdwn.User(run.RunnerUserId))
        );

    public static SlackMessage NothingOrdered() => Says(ReplyTexts.NothingOrdered);

    public static SlackMessage NothingToCollect() => Says(ReplyTexts.NothingToCollect);

    public static SlackMessage NotBackYet(CoffeeRun run) =>
        Says(ReplyTexts.FormatNotBackYet(Mrkdwn.User(run.RunnerUserId!)));

    /// <summary>The run cannot be handed over any more; in mrkdwn.</summary>
    public static string IsBack => ReplyTexts.IsBack;

    public static SlackMessage Snoozed(DateTimeOffset until) => Says(ReplyTexts.FormatSnoozed(Mrkdwn.Time(until)));

    public static SlackMessage NoMoreReminders() => Says(ReplyTexts.NoMoreReminders);

    public static SlackMessage OnlyRunnerSnoozes() => Says(ReplyTexts.OnlyRunnerSnoozes);

    /// <summary>The text of a mention in a run's thread is not an order.</summary>
    public static SlackMessage NotUnderstood() => Says(ReplyTexts.NotUnderstood);

    /// <summary>How to use CoffeeBuddy.</summary>
    public static SlackMessage Help() => Says(ReplyTexts.Help);

    /// <summary>Tells the person who started a run that the app cannot post in the channel.</summary>
    public static SlackMessage CannotPost(string channelId) =>
        Says(ReplyTexts.FormatCannotPost(Mrkdwn.Channel(channelId)));

    /// <summary>Offers to open the form again after it did not open in time.</summary>
    public static SlackMessage FormDidNotOpen(Guid runId)
    {
        var text = ReplyTexts.FormDidNotOpen;
        return new SlackMessage(
            text,
            [
                new SectionBlock(TextObject.Mrkdwn(text)),
                new ActionsBlock(RunMessages.OrderButton(runId, ReplyTexts.OrderButton)),
            ]
        );
    }

    public static SlackMessage RunCancelled() => Says(ReplyTexts.RunCancelled);

    public static SlackMessage NoActiveRun() => Says(ReplyTexts.NoActiveRun);

    public static SlackMessage NotAllowedToCancel(CoffeeRun run)
    {
        var initiator = Mrkdwn.User(run.InitiatorUserId);
        return Says(
            run.RunnerUserId is null || run.RunnerUserId == run.InitiatorUserId
                ? ReplyTexts.FormatNotAllowedToCancel(initiator)
                : ReplyTexts.FormatNotAllowedToCancelRunner(initiator, Mrkdwn.User(run.RunnerUserId))
        );
    }

    public static SlackMessage NotAllowedToComplete(CoffeeRun run)
    {
        if (run.RunnerUserId is null)
            return Says(ReplyTexts.NoRunnerToComplete);
        var runner = Mrkdwn.User(run.RunnerUserId);
        return Says(
            run.RunnerUserId == run.InitiatorUserId
                ? ReplyTexts.FormatNotAllowedToComplete(runner)
                : ReplyTexts.FormatNotAllowedToCompleteInitiator(runner, Mrkdwn.User(run.InitiatorUserId))
        );
    }

    public static SlackMessage AlreadyCompleted(CoffeeRun run) =>
        Says(
            run.CompletedAt is { } at
                ? ReplyTexts.FormatAlreadyCompletedAt(Mrkdwn.Time(at))
                : ReplyTexts.AlreadyCompleted
        );

    public static SlackMessage AlreadyCancelled(CoffeeRun run) =>
        Says(
            RunMessages.Cancelled(
                run,
                ReplyTexts.AlreadyCancelledNobodyCouldGo,
                ReplyTexts.AlreadyCancelledNobodyOrdered,
                ReplyTexts.AlreadyCancelledByAdmin,
                ReplyTexts.FormatAlreadyCancelledByPerson(RunMessages.Closer(run))
            )
        );

    /// <summary>What the person hears who wants to go, cannot go, or was asked to go; in mrkdwn.</summary>
    public static string NotTheRunner(CoffeeRun run) =>
        run.RunnerUserId is null ? ReplyTexts.NobodyGoes : ReplyTexts.FormatNotTheRunner(Mrkdwn.User(run.RunnerUserId));

    public static string AlreadySteppedBack(CoffeeRun run) =>
        run.RunnerUserId is null
            ? ReplyTexts.AlreadySteppedBack
            : ReplyTexts.FormatAlreadySteppedBackFor(Mrkdwn.User(run.RunnerUserId));

    /// <summary>Somebody else goes, or the request has lapsed.</summary>
    public static SlackMessage NotNeeded(CoffeeRun run) =>
        Says(
            run.RunnerUserId is null
                ? ReplyTexts.NotAskedAnyMore
                : ReplyTexts.FormatNotNeeded(Mrkdwn.User(run.RunnerUserId))
        );

    public static SlackMessage NotAllowedToChangeDeadline(CoffeeRun run) =>
        Says(ReplyTexts.FormatNotAllowedToChangeDeadline(Mrkdwn.User(run.InitiatorUserId)));

    public static SlackMessage WindowTooLong() =>
        Says(ReplyTexts.FormatWindowTooLong(RunRules.LongestWindow.TotalHours));

    public static SlackMessage NobodyToChoose() => Says(ReplyTexts.NobodyToChoose);

    /// <summary>The minutes of the command are those of a new run only.</summary>
    public static SlackMessage WindowOfOtherRun(CoffeeRun run) =>
        Says(ReplyTexts.FormatWindowOfOtherRun(Mrkdwn.User(run.InitiatorUserId)));

    /// <summary>The minutes of the command are too few or too many.</summary>
    public static SlackMessage WrongWindow() =>
        Says(ReplyTexts.FormatWrongWindow(RunRules.ShortestWindow.TotalMinutes, RunRules.LongestWindow.TotalMinutes));

    public static SlackMessage YouGoAlready() => Says(ReplyTexts.YouGoAlready);

    public static SlackMessage NotAsked() => Says(ReplyTexts.NotAsked);

    /// <summary>The person who is to be asked has said no, or cannot go; below a field.</summary>
    public static string HasDeclined => ReplyTexts.HasDeclined;

    /// <summary>The person who is to be asked was asked before; below a field.</summary>
    public static string IsAsked => ReplyTexts.IsAsked;

    /// <summary>The person who is to be asked is the one who asks; below a field.</summary>
    public static string IsYourself => ReplyTexts.IsYourself;

    /// <summary>The person who is to be asked is not in the run's channel; below a field.</summary>
    public static string AskedNotInChannel => ReplyTexts.AskedNotInChannel;

    /// <summary>The run of a clicked button does not exist.</summary>
    public static SlackMessage UnknownRun() => Says(ReplyTexts.UnknownRun);

    /// <summary>The person has started as many active runs as one person may.</summary>
    public static SlackMessage TooManyRuns(int limit) =>
        Says(Counts.Plural(limit, ReplyTexts.TooManyRunsOne, ReplyTexts.TooManyRunsOther));

    /// <summary>The person sends more requests than one person may.</summary>
    public static SlackMessage SlowDown(TimeSpan wait) => Says(ReplyTexts.FormatSlowDown(InSeconds(wait)));

    /// <summary>The same request was received before.</summary>
    public static SlackMessage AlreadyReceived() => Says(ReplyTexts.AlreadyReceived);

    /// <summary>The same of a form, as a text below a field.</summary>
    public static string FormAlreadyReceived => ReplyTexts.FormAlreadyReceived;

    /// <summary>The person is no member of the run's channel; as a text below a field.</summary>
    public static string NotInChannel => ReplyTexts.NotInChannel;

    /// <summary>Slack does not answer who is in the channel.</summary>
    public static SlackMessage CannotCheckMembership() => Says(CannotCheck);

    /// <summary>The same as a text below a field of the form.</summary>
    public static string CannotCheck => ReplyTexts.CannotCheck;

    public static string InSeconds(TimeSpan wait) => ReplyTexts.FormatInSeconds(Counts.Seconds(wait));

    public static SlackMessage UnknownCommand(string command) =>
        Says(ReplyTexts.FormatUnknownCommand(Mrkdwn.Escape(command, 100)));

    public static SlackMessage OnlyInChannels() => Says(ReplyTexts.OnlyInChannels);

    /// <summary>The person is away.</summary>
    /// <param name="until">In the person's time zone; null: until they say that they are back.</param>
    public static SlackMessage Away(DateTimeOffset? until, string zone) =>
        Says(
            until is { } end ? ReplyTexts.FormatAwayUntil(Dates.Long(end), Mrkdwn.Escape(zone, 100)) : ReplyTexts.Away
        );

    public static SlackMessage Back() => Says(ReplyTexts.Back);

    /// <summary>The text after "away" is not clear. Nothing is stored.</summary>
    public static SlackMessage AwayUnclear(AwayFault fault)
    {
        var why = fault switch
        {
            AwayFault.Past => ReplyTexts.AwayPast,
            AwayFault.TooLong => ReplyTexts.FormatAwayTooLong(AwayText.LongestDays),
            _ => ReplyTexts.AwayUnclear,
        };
        return Says($"{why} {ReplyTexts.AwayExamples}");
    }

    private static SlackMessage Says(string text) => new(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
}
