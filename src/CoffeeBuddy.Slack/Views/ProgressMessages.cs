using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The runner leaves, is back, and everybody collects.</summary>
public static class ProgressMessages
{
    private const int PeopleLength = 2500;

    /// <summary>Says that orders are closed; in mrkdwn.</summary>
    public static string HasLeft(CoffeeRun run) =>
        run.BackAt is null
            ? ProgressTexts.FormatRunnerHasLeft(Mrkdwn.User(run.RunnerUserId!))
            : ProgressTexts.FormatRunnerIsBack(Mrkdwn.User(run.RunnerUserId!));

    /// <summary>Tells everybody who ordered that they can collect, and who has, in the thread.</summary>
    public static SlackMessage Back(CoffeeRun run, IReadOnlyCollection<Order> orders)
    {
        var people = RunRules.Collectors(run, orders);
        var text = ProgressTexts.FormatDrinksAreHere(Mrkdwn.User(run.RunnerUserId!));
        if (people.Count == 0)
            return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn($":coffee: *{text}*"))]);
        var mentions = people.Select(Mrkdwn.User).ToList();
        var collected = RunRules.Collected(run, orders).Select(Mrkdwn.User).ToList();
        var state = ProgressTexts.FormatCollectedOf(collected.Count, people.Count);
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn(ProgressTexts.FormatCollect(text))),
            .. LinePacker.Pack(mentions, " ", PeopleLength),
            new ContextBlock(
                TextObject.Mrkdwn(
                    collected.Count == 0
                        ? state
                        : ProgressTexts.FormatCollectedBy(
                            collected.Count,
                            people.Count,
                            LinePacker.Join(collected, " ", PeopleLength)
                        )
                )
            ),
        ];
        if (run.Status == RunStatus.Active && collected.Count < people.Count)
            blocks.Add(new ActionsBlock(CollectButton(run.RunId)));
        return new SlackMessage(
            ProgressTexts.FormatCollectAndState(text, state, LinePacker.Join(mentions, " ", PeopleLength)),
            blocks
        );
    }

    /// <summary>The same to one person who ordered, by direct message: there is no thread.</summary>
    public static SlackMessage BackDirectly(CoffeeRun run, bool hasCollected)
    {
        var (runner, channel) = (Mrkdwn.User(run.RunnerUserId!), Mrkdwn.Channel(run.ChannelId));
        var text = hasCollected
            ? ProgressTexts.FormatCollectedDirectly(runner, channel)
            : ProgressTexts.FormatBackDirectly(runner, channel);
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn(text))];
        if (run.Status == RunStatus.Active && !hasCollected)
            blocks.Add(new ActionsBlock(CollectButton(run.RunId)));
        return new SlackMessage(text, blocks);
    }

    /// <summary>What the runner, or an admin, can report next. Everybody sees them in the thread.</summary>
    internal static IEnumerable<Element> Buttons(CoffeeRun run)
    {
        if (run.LeftAt is null)
            yield return new Button(
                Actions.Leave,
                TextObject.Plain(ProgressTexts.Leave, 75),
                run.RunId.ToString(),
                Confirm: ConfirmDialog.Ask(
                    ProgressTexts.LeaveTitle,
                    ProgressTexts.LeaveConfirm,
                    ProgressTexts.Leave,
                    ProgressTexts.LeaveNot
                )
            );
        if (run.BackAt is null)
            yield return new Button(
                Actions.ComeBack,
                TextObject.Plain(ProgressTexts.ComeBack, 75),
                run.RunId.ToString()
            );
    }

    internal static Button SnoozeButton(Guid runId) =>
        new(
            Actions.Snooze,
            TextObject.Plain(ProgressTexts.FormatSnooze(RunRules.Snooze.TotalMinutes), 75),
            runId.ToString()
        );

    private static Button CollectButton(Guid runId) =>
        new(Actions.Collect, TextObject.Plain(ProgressTexts.Collected, 75), runId.ToString(), Button.Primary);
}
