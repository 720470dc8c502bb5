using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The direct messages to the runner, and to those who may become it.</summary>
public static class RunnerMessages
{
    /// <summary>
    /// The assignment: what to bring, and the runner's buttons. It is updated when people order.
    /// </summary>
    /// <param name="declines">Who cannot go.</param>
    /// <param name="requests">Who was asked to go instead.</param>
    public static SlackMessage Assigned(
        CoffeeRun run,
        IReadOnlyCollection<Order> orders,
        IReadOnlyCollection<Decline> declines,
        IReadOnlyCollection<TakeOverRequest> requests
    ) =>
        ToBring(
            run,
            orders,
            RunnerTexts.FormatAssigned(Counts.Orders(orders.Count), Mrkdwn.Channel(run.ChannelId)),
            RunnerReason.Of(run) is { } reason ? RunnerTexts.FormatWhyYou(Mrkdwn.Escape(reason, 500)) : null,
            [.. declines.Where(decline => decline.UserId != run.RunnerUserId)],
            [.. requests.Where(request => request.AskedByUserId == run.RunnerUserId)]
        );

    /// <summary>A reminder: a new message with the same orders and buttons.</summary>
    /// <param name="number">1 for the first. The last one cannot be postponed.</param>
    /// <param name="inThread">Shown to everybody, in the run's thread: it names the runner.</param>
    public static SlackMessage Reminder(CoffeeRun run, IReadOnlyCollection<Order> orders, int number, bool inThread)
    {
        const int Last = RunRules.MaxReminders;
        var (count, channel) = (Counts.Orders(orders.Count), Mrkdwn.Channel(run.ChannelId));
        var what = run.BackAt is null
            ? RunnerTexts.FormatToBring(count, channel)
            : RunnerTexts.FormatNotComplete(channel, count);
        var runner = Mrkdwn.User(run.RunnerUserId!);
        var title = number switch
        {
            1 => inThread ? RunnerTexts.FormatThreadReminder(what, runner) : RunnerTexts.FormatReminder(what),
            Last => inThread
                ? RunnerTexts.FormatThreadReminderLast(what, runner)
                : RunnerTexts.FormatReminderLast(what),
            _ => inThread
                ? RunnerTexts.FormatThreadReminderNumber(what, runner, number, Last)
                : RunnerTexts.FormatReminderNumber(what, number, Last),
        };
        return ToBring(
            run,
            orders,
            title,
            RunnerTexts.FormatPressComplete(RunTexts.MarkComplete),
            [],
            [],
            maySnooze: number < RunRules.MaxReminders
        );
    }

    /// <summary>Replaces both messages of somebody who is not the runner any more.</summary>
    /// <param name="named">The person, where others read it too; null: nobody else does.</param>
    public static SlackMessage Released(CoffeeRun run, string? named = null)
    {
        var who = run.RunnerUserId is null
            ? RunnerTexts.SomebodyElse
            : RunnerTexts.FormatGoesInstead(Mrkdwn.User(run.RunnerUserId));
        var channel = Mrkdwn.Channel(run.ChannelId);
        var released = named is null
            ? RunnerTexts.FormatReleasedYou(channel)
            : RunnerTexts.FormatReleasedPerson(Mrkdwn.User(named), channel);
        var text = $"{released} {who}";
        return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
    }

    /// <summary>Asks a person to go in the runner's place, or says what has become of the request.</summary>
    public static SlackMessage TakeOver(CoffeeRun run, TakeOverRequest request, int orderCount)
    {
        var channel = Mrkdwn.Channel(run.ChannelId);
        if (run.Status != RunStatus.Active || request.Answer is not null)
        {
            var end = request.Answer switch
            {
                TakeOverAnswer.Accepted => RunnerTexts.FormatYouGo(channel),
                TakeOverAnswer.Declined => RunnerTexts.FormatRefusedTakeOver(channel),
                _ => RunnerTexts.FormatNobodyNeeded(channel),
            };
            return new SlackMessage(end, [new SectionBlock(TextObject.Mrkdwn(end))]);
        }
        var orders = Counts.Orders(orderCount);
        var text = request switch
        {
            { Comparison: { } comparison } => RunnerTexts.FormatTakeOverFairer(
                Mrkdwn.User(comparison.Runner.UserId),
                orders,
                channel
            ),
            _ => RunnerTexts.FormatTakeOverAsked(Mrkdwn.User(request.AskedByUserId ?? ""), orders, channel),
        };
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":raising_hand: *{text}*"))];
        if (request.Comparison is { } numbers)
            blocks.Add(
                new SectionBlock(
                    TextObject.Mrkdwn(
                        $"{ReckoningView.Line(numbers.Asked, numbers.Strategy, numbers.WindowDays)}\n{ReckoningView.Line(numbers.Runner, numbers.Strategy, numbers.WindowDays)}"
                    )
                )
            );
        var runId = run.RunId.ToString();
        blocks.Add(
            new ActionsBlock(
                new Button(Actions.TakeOver, TextObject.Plain(RunTexts.IllGo, 75), runId, Button.Primary),
                new Button(Actions.RefuseTakeOver, TextObject.Plain(RunnerTexts.NotThisTime, 75), runId)
            )
        );
        blocks.Add(new ContextBlock(TextObject.Mrkdwn(RunnerTexts.SayingNoIsFine)));
        return new SlackMessage(text, blocks);
    }

    /// <summary>Asks the initiator what to do when nobody who ordered can go, or says what has become of it.</summary>
    public static SlackMessage Decision(
        CoffeeRun run,
        IReadOnlyCollection<Order> orders,
        IReadOnlyCollection<Decline> declines,
        IReadOnlyCollection<TakeOverRequest> requests
    )
    {
        var channel = Mrkdwn.Channel(run.ChannelId);
        if (run.Status != RunStatus.Active || run.UndecidedSince is null)
        {
            var end =
                run.RunnerUserId is not null ? RunnerTexts.FormatGoesFor(Mrkdwn.User(run.RunnerUserId), channel)
                : run.Status == RunStatus.Cancelled ? Cancelled(run)
                : RunnerTexts.FormatGoesOn(channel);
            return new SlackMessage(end, [new SectionBlock(TextObject.Mrkdwn(end))]);
        }
        var text = RunnerTexts.FormatDecide(Counts.Orders(orders.Count), channel);
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":raised_hand: *{text}*"))];
        RunMessages.AddDeclines(blocks, declines);
        AddRequests(blocks, [.. requests.Where(request => request.AskedByUserId == run.InitiatorUserId)]);
        blocks.Add(
            new ActionsBlock(RunMessages.VolunteerButton(run.RunId), AskButton(run.RunId), CancelButton(run.RunId))
        );
        return new SlackMessage(text, blocks);
    }

    /// <summary>Replaces both messages when the run is over; it has no buttons.</summary>
    public static SlackMessage Closed(CoffeeRun run, int orderCount)
    {
        var text =
            run.Status == RunStatus.Cancelled
                ? $"{Cancelled(run)} {RunnerTexts.NoNeed}"
                : RunnerTexts.FormatComplete(Mrkdwn.Channel(run.ChannelId), Counts.Orders(orderCount));
        return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
    }

    private static string Cancelled(CoffeeRun run)
    {
        var channel = Mrkdwn.Channel(run.ChannelId);
        return RunMessages.Cancelled(
            run,
            RunnerTexts.FormatCancelledNobodyCouldGo(channel),
            RunnerTexts.FormatCancelledNobodyOrdered(channel),
            RunnerTexts.FormatCancelledByAdmin(channel),
            RunnerTexts.FormatCancelledByPerson(channel, RunMessages.Closer(run))
        );
    }

    private static SlackMessage ToBring(
        CoffeeRun run,
        IReadOnlyCollection<Order> orders,
        string title,
        string? context,
        IReadOnlyCollection<Decline> declines,
        IReadOnlyCollection<TakeOverRequest> requests,
        bool maySnooze = false
    )
    {
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($"*{title}*")), .. OrderSummary.Blocks(orders)];
        if (run.LeftAt is not null)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn($":dash: {ProgressMessages.HasLeft(run)}")));
        if (context is not null)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(context)));
        RunMessages.AddDeclines(blocks, declines);
        AddRequests(blocks, requests);
        blocks.Add(
            new ActionsBlock([
                RunMessages.CompleteButton(run.RunId),
                .. ProgressMessages.Buttons(run),
                .. maySnooze ? [ProgressMessages.SnoozeButton(run.RunId)] : Array.Empty<Element>(),
                RunMessages.BaristaButton(run.RunId),
                RunMessages.WhyButton(run.RunId, RunnerTexts.WhyMe),
                .. run.BackAt is null ? HandOverButtons(run.RunId) : [],
                CancelButton(run.RunId),
            ])
        );
        return new SlackMessage($"{title} {OrderSummary.InWords(orders)}", blocks);
    }

    private static void AddRequests(List<Block> blocks, IReadOnlyCollection<TakeOverRequest> requests)
    {
        var lines = requests
            .Where(request => request.Answer is null or TakeOverAnswer.Declined)
            .Select(request =>
                request.Answer is null
                    ? RunnerTexts.FormatAsked(Mrkdwn.User(request.UserId))
                    : RunnerTexts.FormatSaidNo(Mrkdwn.User(request.UserId))
            )
            .ToList();
        if (lines.Count > 0)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(LinePacker.Join(lines, "\n", 300))));
    }

    private static Element[] HandOverButtons(Guid runId) =>
        [
            new Button(Actions.StepBack, TextObject.Plain(RunnerTexts.CantGoButton, 75), runId.ToString()),
            AskButton(runId),
        ];

    private static Button AskButton(Guid runId) =>
        new(Actions.AskToGo, TextObject.Plain(RunnerTexts.AskSomebody, 75), runId.ToString());

    private static Button CancelButton(Guid runId) =>
        new(
            Actions.CancelRun,
            TextObject.Plain(RunnerTexts.CancelRun, 75),
            runId.ToString(),
            Button.Danger,
            ConfirmDialog.Ask(
                RunnerTexts.CancelRunQuestion,
                RunnerTexts.CancelRunWarning,
                RunnerTexts.CancelRun,
                RunnerTexts.KeepRun,
                Button.Danger
            )
        );
}
