using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

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
            $"You go for coffee this time: {RunMessages.Count(orders.Count, "order")} from {Mrkdwn.Channel(run.ChannelId)}.",
            run.AssignmentReason is null ? null : $"Why you: {Mrkdwn.Escape(run.AssignmentReason, 500)}.",
            [.. declines.Where(decline => decline.UserId != run.RunnerUserId)],
            [.. requests.Where(request => request.AskedByUserId == run.RunnerUserId)]
        );

    /// <summary>A reminder: a new message with the same orders and buttons.</summary>
    /// <param name="number">1 for the first. The last one cannot be postponed.</param>
    /// <param name="inThread">Shown to everybody, in the run's thread: it names the runner.</param>
    public static SlackMessage Reminder(CoffeeRun run, IReadOnlyCollection<Order> orders, int number, bool inThread)
    {
        var which = number switch
        {
            1 => "a reminder",
            RunRules.MaxReminders => "the last reminder",
            _ => $"reminder {number} of {RunRules.MaxReminders}",
        };
        which = inThread
            ? $"{Mrkdwn.User(run.RunnerUserId!)}, {which}"
            : string.Concat(char.ToUpperInvariant(which[0]).ToString(), which.AsSpan(1));
        var (count, channel) = (RunMessages.Count(orders.Count, "order"), Mrkdwn.Channel(run.ChannelId));
        var what = run.BackAt is null
            ? $"{count} from {channel} to bring."
            : $"the run in {channel} is not marked as complete, {count}.";
        return ToBring(
            run,
            orders,
            $":alarm_clock: {which}: {what}",
            "Press *Mark complete* when everyone has their drink.",
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
            ? "Somebody else is looked for."
            : $"{Mrkdwn.User(run.RunnerUserId)} goes instead.";
        var whom = named is null ? "You do" : $"{Mrkdwn.User(named)} does";
        var text = $":ok_hand: {whom} not go for the run in {Mrkdwn.Channel(run.ChannelId)}. {who}";
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
                TakeOverAnswer.Accepted => $":walking: You go for the run in {channel}. Thank you!",
                TakeOverAnswer.Declined => $":ok_hand: You said that you do not go for the run in {channel}.",
                _ => $":ok_hand: Nobody is needed any more for the run in {channel}.",
            };
            return new SlackMessage(end, [new SectionBlock(TextObject.Mrkdwn(end))]);
        }
        var orders = RunMessages.Count(orderCount, "order");
        var text = request switch
        {
            { Comparison: { } comparison } =>
                $"You ordered after I chose {Mrkdwn.User(comparison.Runner.UserId)} to go for {orders} from {channel}, and it would have been your turn. Would you go instead?",
            _ =>
                $"{Mrkdwn.User(request.AskedByUserId ?? "")} asks you to go for {orders} from {channel}. Would you go?",
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
                new Button(Actions.TakeOver, TextObject.Plain("I'll go", 75), runId, Button.Primary),
                new Button(Actions.RefuseTakeOver, TextObject.Plain("Not this time", 75), runId)
            )
        );
        blocks.Add(new ContextBlock(TextObject.Mrkdwn("Saying no is fine.")));
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
                run.RunnerUserId is not null
                    ? $":walking: {Mrkdwn.User(run.RunnerUserId)} goes for the run in {channel}."
                : run.Status == RunStatus.Cancelled ? $":x: The run in {channel} was cancelled{RunMessages.By(run)}."
                : $":ok_hand: The run in {channel} goes on.";
            return new SlackMessage(end, [new SectionBlock(TextObject.Mrkdwn(end))]);
        }
        var text =
            $"Nobody who ordered can go: {RunMessages.Count(orders.Count, "order")} from {channel}. You started the run: what shall we do?";
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
        var orders = RunMessages.Count(orderCount, "order");
        var channel = Mrkdwn.Channel(run.ChannelId);
        var text =
            run.Status == RunStatus.Cancelled
                ? $":x: The run in {channel} was cancelled{RunMessages.By(run)}. No need to go."
                : $":white_check_mark: The run in {channel} is complete, {orders}. Thank you for going!";
        return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn(text))]);
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
                RunMessages.WhyButton(run.RunId, "Why me?"),
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
                    ? $"I have asked {Mrkdwn.User(request.UserId)} to go."
                    : $"{Mrkdwn.User(request.UserId)} said no."
            )
            .ToList();
        if (lines.Count > 0)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(LinePacker.Join(lines, "\n", 300))));
    }

    private static Element[] HandOverButtons(Guid runId) =>
        [new Button(Actions.StepBack, TextObject.Plain("I can't go…", 75), runId.ToString()), AskButton(runId)];

    private static Button AskButton(Guid runId) =>
        new(Actions.AskToGo, TextObject.Plain("Ask somebody to go…", 75), runId.ToString());

    private static Button CancelButton(Guid runId) =>
        new(
            Actions.CancelRun,
            TextObject.Plain("Cancel run", 75),
            runId.ToString(),
            Button.Danger,
            ConfirmDialog.Ask(
                "Cancel this run?",
                "Nobody will get anything, and everyone is told.",
                "Cancel run",
                "Keep it",
                Button.Danger
            )
        );
}
