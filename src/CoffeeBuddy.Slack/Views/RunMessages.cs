using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The messages about a run in its channel and in the thread.</summary>
public static class RunMessages
{
    private const int ReasonLength = 500;
    private const int DeclinesLength = 600;

    /// <summary>The first message of the run's thread; it is updated when people order.</summary>
    /// <param name="shop">Where the runner goes; null: nobody has said.</param>
    public static SlackMessage Announcement(CoffeeRun run, int orderCount, Shop? shop = null)
    {
        var initiator = Mrkdwn.User(run.InitiatorUserId);
        var orders = Count(orderCount, "order");
        var state = run switch
        {
            { Status: RunStatus.Completed } =>
                $":white_check_mark: Complete, {orders}{Runner(run, " brought by {0}")}.",
            { Status: RunStatus.Cancelled } => $":x: Cancelled{By(run)}.",
            { BackAt: not null } => $":coffee: {orders}. {Mrkdwn.User(run.RunnerUserId!)} is back with them.",
            { LeftAt: not null } => $":dash: {orders}. {ProgressMessages.HasLeft(run)}",
            { RunnerUserId: not null } =>
                $":walking: {orders}. {Mrkdwn.User(run.RunnerUserId)} goes; orders are still taken.",
            { UndecidedSince: not null } when orderCount > 0 =>
                $":raised_hand: {orders}. Nobody who ordered can go, so {initiator} decides.",
            { DeadlineAt: { } deadline } =>
                $":hourglass_flowing_sand: {orders}. I will choose who goes by {Mrkdwn.Countdown(deadline)}.",
            _ when orderCount > 0 => $":hourglass_flowing_sand: {orders}.",
            _ => ":hourglass_flowing_sand: No orders yet. Who would like something?",
        };
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":coffee: *{initiator} is organising a coffee run.*")),
            new ContextBlock([
                .. shop is null ? [] : new[] { TextObject.Mrkdwn(MenuTexts.Shop(shop)) },
                TextObject.Mrkdwn(state),
            ]),
        ];
        if (RunRules.AcceptsOrders(run))
            blocks.Add(
                new ActionsBlock([
                    UsualButton(run.RunId, "Order my usual"),
                    OrderButton(run.RunId, "Order…"),
                    WithdrawButton(run.RunId, "Withdraw mine"),
                    .. run.RunnerUserId is null ? [VolunteerButton(run.RunId)] : Array.Empty<Element>(),
                    .. run is { RunnerUserId: null, UndecidedSince: null } ? DeadlineButtons(run, orderCount) : [],
                ])
            );
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
                .. run is { Status: RunStatus.Active, LeftAt: not null }
                    ? new Block[] { new ContextBlock(TextObject.Mrkdwn($":dash: {ProgressMessages.HasLeft(run)}")) }
                    : [],
                .. orders.Count == 0
                    ? []
                    : new Block[] { new ActionsBlock([.. OwnOrderButtons(run), BaristaButton(run.RunId)]) },
            ]
        );

    /// <summary>
    /// The runner and the reason for the choice, in the thread. Until the run is over it has the runner's buttons, for
    /// admins and for a runner whom the direct message does not reach; clicks of others are refused.
    /// </summary>
    /// <param name="declines">Who cannot go.</param>
    public static SlackMessage Assignment(CoffeeRun run, IReadOnlyCollection<Decline> declines) =>
        AboutRunner(
            run,
            $"{Mrkdwn.User(run.RunnerUserId ?? "")} goes.",
            run.Status == RunStatus.Active,
            declines,
            [.. ProgressMessages.Buttons(run)]
        );

    /// <summary>Replaces it while nobody goes.</summary>
    public static SlackMessage NobodyGoes(CoffeeRun run, IReadOnlyCollection<Decline> declines)
    {
        var text = $"Nobody goes yet. {Mrkdwn.User(run.InitiatorUserId)} decides, and anybody here can go.";
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":raised_hand: *{text}*"))];
        AddDeclines(blocks, declines);
        if (run.Status == RunStatus.Active)
            blocks.Add(new ActionsBlock(VolunteerButton(run.RunId)));
        return new SlackMessage(text, blocks);
    }

    /// <summary>Adds who cannot go, and why.</summary>
    internal static void AddDeclines(List<Block> blocks, IReadOnlyCollection<Decline> declines)
    {
        var lines = declines
            .Select(decline =>
                decline.Reason is null
                    ? $"{Mrkdwn.User(decline.UserId)} cannot go."
                    : $"{Mrkdwn.User(decline.UserId)} cannot go: {Mrkdwn.Escape(decline.Reason, 300)}"
            )
            .ToList();
        if (lines.Count > 0)
            blocks.Add(new ContextBlock(TextObject.Mrkdwn(LinePacker.Join(lines, "\n", DeclinesLength))));
    }

    /// <summary>The same by direct message, where the thread cannot be posted in.</summary>
    /// <param name="mayComplete">Whether to show the button.</param>
    public static SlackMessage AssignmentDirectly(CoffeeRun run, bool mayComplete) =>
        AboutRunner(
            run,
            $"{Mrkdwn.User(run.RunnerUserId ?? "")} goes for the coffee run in {Mrkdwn.Channel(run.ChannelId)}.",
            mayComplete && run.Status == RunStatus.Active,
            declines: [],
            progress: []
        );

    private static SlackMessage AboutRunner(
        CoffeeRun run,
        string who,
        bool withButtons,
        IReadOnlyCollection<Decline> declines,
        Element[] progress
    )
    {
        var why = run.AssignmentReason is null ? "" : $" Why: {Mrkdwn.Escape(run.AssignmentReason, ReasonLength)}.";
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":walking: *{who}*{why}"))];
        AddDeclines(blocks, declines);
        if (withButtons)
            blocks.Add(
                new ActionsBlock([CompleteButton(run.RunId), .. progress, WhyButton(run.RunId, "Show the numbers")])
            );
        return new SlackMessage($"{who}{why}", blocks);
    }

    /// <summary>Tells everyone who ordered that the run is complete, in the thread.</summary>
    /// <param name="withSurvey">Whether to ask them the question after a run.</param>
    public static SlackMessage Completed(CoffeeRun run, IReadOnlyCollection<Order> orders, bool withSurvey = false)
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
                .. withSurvey && people.Count > 0 ? SurveyMessages.Ask(run.RunId) : [],
            ]
        );
    }

    /// <summary>The run was cancelled, by a person or because nobody ordered; in the thread.</summary>
    public static SlackMessage Cancelled(CoffeeRun run)
    {
        var text = run switch
        {
            { IsClosedBySystem: true, UndecidedSince: not null } =>
                "Nobody could go, so this coffee run was cancelled.",
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
    /// <param name="withSurvey">Whether to ask the question after a run that was completed.</param>
    public static SlackMessage ClosedDirectly(CoffeeRun run, bool withSurvey = false)
    {
        var channel = Mrkdwn.Channel(run.ChannelId);
        var text = run switch
        {
            { Status: RunStatus.Cancelled } => $":x: The coffee run in {channel} was cancelled{By(run)}.",
            { IsClosedBySystem: true } =>
                $":white_check_mark: Nobody marked the coffee run in {channel} as complete, so I did.",
            _ => $":white_check_mark: The coffee run in {channel} is complete{Runner(run, ", thanks to {0}")}!",
        };
        return new SlackMessage(
            text,
            [
                new SectionBlock(TextObject.Mrkdwn(text)),
                .. withSurvey && run.Status == RunStatus.Completed ? SurveyMessages.Ask(run.RunId) : [],
            ]
        );
    }

    /// <summary>Orders with one click.</summary>
    internal static Button UsualButton(Guid runId, string text) =>
        new(Actions.OrderUsual, TextObject.Plain(text, 75), runId.ToString(), Button.Primary);

    /// <summary>Opens the form.</summary>
    internal static Button OrderButton(Guid runId, string text) =>
        new(Actions.OpenOrder, TextObject.Plain(text, 75), runId.ToString());

    internal static Button CompleteButton(Guid runId) =>
        new(Actions.CompleteRun, TextObject.Plain("Mark complete", 75), runId.ToString(), Button.Primary);

    internal static Button VolunteerButton(Guid runId) =>
        new(Actions.Volunteer, TextObject.Plain("I'll go", 75), runId.ToString());

    // Everybody sees them; those of the initiator and of admins have an effect.
    private static IEnumerable<Element> DeadlineButtons(CoffeeRun run, int orderCount)
    {
        yield return new Button(Actions.Extend, TextObject.Plain("+5 min", 75), run.RunId.ToString());
        if (orderCount > 0)
            yield return new Button(Actions.ChooseNow, TextObject.Plain("Choose now", 75), run.RunId.ToString());
    }

    internal static Button WhyButton(Guid runId, string text) =>
        new(Actions.Why, TextObject.Plain(text, 75), runId.ToString());

    internal static Button BaristaButton(Guid runId) =>
        new(Actions.Barista, TextObject.Plain("Barista's list", 75), runId.ToString());

    internal static string Count(int count, string one, string many) => count == 1 ? $"1 {one}" : $"{count} {many}";

    internal static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";

    internal static string By(CoffeeRun run) =>
        run switch
        {
            { IsClosedBySystem: true, UndecidedSince: not null } => ", because nobody could go",
            { IsClosedBySystem: true } => ", because nobody ordered",
            { ClosedByUserId: null } => " by an admin",
            _ => $" by {Mrkdwn.User(run.ClosedByUserId)}",
        };

    private static string Runner(CoffeeRun run, string format) =>
        run.RunnerUserId is null ? "" : string.Format(null, format, Mrkdwn.User(run.RunnerUserId));

    // Everybody sees them; they are about the order of the person who clicks.
    private static IEnumerable<Element> OwnOrderButtons(CoffeeRun run) =>
        RunRules.AcceptsOrders(run)
            ? [ChangeButton(run.RunId, "Change my order…"), WithdrawButton(run.RunId, "Withdraw my order")]
            : [];

    internal static Button ChangeButton(Guid runId, string text) =>
        new(Actions.ChangeOrder, TextObject.Plain(text, 75), runId.ToString());

    internal static Button WithdrawButton(Guid runId, string text) =>
        new(
            Actions.WithdrawOrder,
            TextObject.Plain(text, 75),
            runId.ToString(),
            Confirm: ConfirmDialog.Ask(
                "Withdraw your order?",
                "You will get nothing on this run, unless you order again.",
                "Withdraw",
                "Keep it"
            )
        );
}
