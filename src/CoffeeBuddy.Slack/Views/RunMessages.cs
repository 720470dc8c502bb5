using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

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
        var state = State(run, orderCount);
        var announcement = RunTexts.FormatAnnouncement(initiator);
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":coffee: *{announcement}*")),
            new ContextBlock([
                .. shop is null ? [] : new[] { TextObject.Mrkdwn(MenuTexts.Shop(shop)) },
                TextObject.Mrkdwn(state),
            ]),
        ];
        if (RunRules.AcceptsOrders(run))
            blocks.Add(
                new ActionsBlock([
                    UsualButton(run.RunId, RunTexts.OrderMyUsual),
                    OrderButton(run.RunId, RunTexts.Order),
                    WithdrawButton(run.RunId, RunTexts.WithdrawMine),
                    .. run.RunnerUserId is null ? [VolunteerButton(run.RunId)] : Array.Empty<Element>(),
                    .. run is { RunnerUserId: null, UndecidedSince: null } ? DeadlineButtons(run, orderCount) : [],
                ])
            );
        return new SlackMessage($"{announcement} {state}", blocks);
    }

    private static string State(CoffeeRun run, int orderCount)
    {
        var orders = Counts.Orders(orderCount);
        var runner = run.RunnerUserId is null ? null : Mrkdwn.User(run.RunnerUserId);
        return run switch
        {
            { Status: RunStatus.Completed } => runner is null
                ? RunTexts.FormatStateComplete(orders)
                : RunTexts.FormatStateCompleteBroughtBy(orders, runner),
            { Status: RunStatus.Cancelled } => Cancelled(
                run,
                RunTexts.StateCancelledNobodyCouldGo,
                RunTexts.StateCancelledNobodyOrdered,
                RunTexts.StateCancelledByAdmin,
                RunTexts.FormatStateCancelledByPerson(Closer(run))
            ),
            { BackAt: not null } => RunTexts.FormatStateBack(orders, runner),
            { LeftAt: not null } => $":dash: {orders}. {ProgressMessages.HasLeft(run)}",
            { RunnerUserId: not null } => RunTexts.FormatStateGoes(orders, runner),
            { UndecidedSince: not null } when orderCount > 0 => RunTexts.FormatStateUndecided(
                orders,
                Mrkdwn.User(run.InitiatorUserId)
            ),
            { DeadlineAt: { } deadline } => RunTexts.FormatStateWillChoose(orders, Mrkdwn.Countdown(deadline)),
            _ when orderCount > 0 => $":hourglass_flowing_sand: {orders}.",
            _ => RunTexts.StateNoOrders,
        };
    }

    /// <summary>All orders, in the thread; it is updated when people order.</summary>
    public static SlackMessage Summary(CoffeeRun run, IReadOnlyCollection<Order> orders) =>
        new(
            RunTexts.FormatOrdersSoFar(OrderSummary.InWords(orders)),
            [
                new SectionBlock(
                    TextObject.Mrkdwn(
                        RunRules.AcceptsOrders(run)
                            ? RunTexts.FormatSoFar(Counts.Orders(orders.Count))
                            : RunTexts.FormatInAll(Counts.Orders(orders.Count))
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
            RunTexts.FormatRunnerGoes(Mrkdwn.User(run.RunnerUserId ?? "")),
            run.Status == RunStatus.Active,
            declines,
            [.. ProgressMessages.Buttons(run)]
        );

    /// <summary>Replaces it while nobody goes.</summary>
    public static SlackMessage NobodyGoes(CoffeeRun run, IReadOnlyCollection<Decline> declines)
    {
        var text = RunTexts.FormatNobodyGoes(Mrkdwn.User(run.InitiatorUserId));
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
                    ? RunTexts.FormatCannotGo(Mrkdwn.User(decline.UserId))
                    : RunTexts.FormatCannotGoBecause(Mrkdwn.User(decline.UserId), Mrkdwn.Escape(decline.Reason, 300))
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
            RunTexts.FormatRunnerGoesIn(Mrkdwn.User(run.RunnerUserId ?? ""), Mrkdwn.Channel(run.ChannelId)),
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
        var why = RunnerReason.Of(run) is { } reason
            ? $" {RunTexts.FormatWhy(Mrkdwn.Escape(reason, ReasonLength))}"
            : "";
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($":walking: *{who}*{why}"))];
        AddDeclines(blocks, declines);
        if (withButtons)
            blocks.Add(
                new ActionsBlock([CompleteButton(run.RunId), .. progress, WhyButton(run.RunId, RunTexts.ShowNumbers)])
            );
        return new SlackMessage($"{who}{why}", blocks);
    }

    /// <summary>Tells everyone who ordered that the run is complete, in the thread.</summary>
    /// <param name="withSurvey">Whether to ask them the question after a run.</param>
    public static SlackMessage Completed(CoffeeRun run, IReadOnlyCollection<Order> orders, bool withSurvey = false)
    {
        var done =
            run.IsClosedBySystem ? RunTexts.CompletedBySystem
            : run.RunnerUserId is null ? RunTexts.Completed
            : RunTexts.FormatCompletedThanks(Mrkdwn.User(run.RunnerUserId));
        var people = orders.Select(order => order.UserId).Distinct().Select(Mrkdwn.User).ToList();
        return new SlackMessage(
            $"{done} {LinePacker.Join(people, " ", 3000)}".TrimEnd(),
            [
                new SectionBlock(
                    TextObject.Mrkdwn(
                        $":white_check_mark: *{done}* {(people.Count > 0 ? RunTexts.Enjoy : "")}".TrimEnd()
                    )
                ),
                .. LinePacker.Pack(people, " "),
                .. withSurvey && people.Count > 0 ? SurveyMessages.Ask(run.RunId) : [],
            ]
        );
    }

    /// <summary>The run was cancelled, by a person or because nobody ordered; in the thread.</summary>
    public static SlackMessage Cancelled(CoffeeRun run)
    {
        var text = Cancelled(
            run,
            RunTexts.CancelledNobodyCouldGo,
            RunTexts.CancelledNobodyOrdered,
            RunTexts.CancelledByAdmin,
            RunTexts.FormatCancelledByPerson(Closer(run))
        );
        return new SlackMessage(
            text,
            [new SectionBlock(TextObject.Mrkdwn($":x: {text} {RunTexts.FormatStartAnother(Commands.Coffee)}"))]
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
            { Status: RunStatus.Cancelled } => Cancelled(
                run,
                RunTexts.FormatDirectCancelledNobodyCouldGo(channel),
                RunTexts.FormatDirectCancelledNobodyOrdered(channel),
                RunTexts.FormatDirectCancelledByAdmin(channel),
                RunTexts.FormatDirectCancelledByPerson(channel, Closer(run))
            ),
            { IsClosedBySystem: true } => RunTexts.FormatDirectCompletedBySystem(channel),
            { RunnerUserId: null } => RunTexts.FormatDirectCompleted(channel),
            _ => RunTexts.FormatDirectCompletedThanks(channel, Mrkdwn.User(run.RunnerUserId)),
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
        new(Actions.CompleteRun, TextObject.Plain(RunTexts.MarkComplete, 75), runId.ToString(), Button.Primary);

    internal static Button VolunteerButton(Guid runId) =>
        new(Actions.Volunteer, TextObject.Plain(RunTexts.IllGo, 75), runId.ToString());

    // Everybody sees them; those of the initiator and of admins have an effect.
    private static IEnumerable<Element> DeadlineButtons(CoffeeRun run, int orderCount)
    {
        yield return new Button(Actions.Extend, TextObject.Plain(RunTexts.Extend, 75), run.RunId.ToString());
        if (orderCount > 0)
            yield return new Button(Actions.ChooseNow, TextObject.Plain(RunTexts.ChooseNow, 75), run.RunId.ToString());
    }

    internal static Button WhyButton(Guid runId, string text) =>
        new(Actions.Why, TextObject.Plain(text, 75), runId.ToString());

    internal static Button BaristaButton(Guid runId) =>
        new(Actions.Barista, TextObject.Plain(RunTexts.BaristaList, 75), runId.ToString());

    /// <summary>The text that fits who, or what, cancelled the run.</summary>
    internal static string Cancelled(
        CoffeeRun run,
        string nobodyCouldGo,
        string nobodyOrdered,
        string byAdmin,
        string byPerson
    ) =>
        run switch
        {
            { IsClosedBySystem: true, UndecidedSince: not null } => nobodyCouldGo,
            { IsClosedBySystem: true } => nobodyOrdered,
            { ClosedByUserId: null } => byAdmin,
            _ => byPerson,
        };

    /// <summary>The person who closed the run; empty: nobody did.</summary>
    internal static string Closer(CoffeeRun run) => run.ClosedByUserId is null ? "" : Mrkdwn.User(run.ClosedByUserId);

    // Everybody sees them; they are about the order of the person who clicks.
    private static IEnumerable<Element> OwnOrderButtons(CoffeeRun run) =>
        RunRules.AcceptsOrders(run)
            ? [ChangeButton(run.RunId, RunTexts.ChangeMyOrder), WithdrawButton(run.RunId, RunTexts.WithdrawMyOrder)]
            : [];

    internal static Button ChangeButton(Guid runId, string text) =>
        new(Actions.ChangeOrder, TextObject.Plain(text, 75), runId.ToString());

    internal static Button WithdrawButton(Guid runId, string text) =>
        new(
            Actions.WithdrawOrder,
            TextObject.Plain(text, 75),
            runId.ToString(),
            Confirm: ConfirmDialog.Ask(
                RunTexts.WithdrawQuestion,
                RunTexts.WithdrawWarning,
                RunTexts.Withdraw,
                RunTexts.KeepOrder
            )
        );
}
