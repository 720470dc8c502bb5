using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The runner leaves, is back, and everybody collects.</summary>
public static class ProgressMessages
{
    private const int PeopleLength = 2500;

    /// <summary>Says that orders are closed; in mrkdwn.</summary>
    public static string HasLeft(CoffeeRun run) =>
        run.BackAt is null
            ? $"{Mrkdwn.User(run.RunnerUserId!)} has left, so orders are neither taken nor withdrawn any more."
            : $"{Mrkdwn.User(run.RunnerUserId!)} is back, so orders are neither taken nor withdrawn any more.";

    /// <summary>Tells everybody who ordered that they can collect, and who has, in the thread.</summary>
    public static SlackMessage Back(CoffeeRun run, IReadOnlyCollection<Order> orders)
    {
        var runner = Mrkdwn.User(run.RunnerUserId!);
        var people = RunRules.Collectors(run, orders);
        var text = $"{runner} is back with the drinks!";
        if (people.Count == 0)
            return new SlackMessage(text, [new SectionBlock(TextObject.Mrkdwn($":coffee: *{text}*"))]);
        var mentions = people.Select(Mrkdwn.User).ToList();
        var collected = RunRules.Collected(run, orders).Select(Mrkdwn.User).ToList();
        var state = $"{collected.Count} of {people.Count} collected";
        List<Block> blocks =
        [
            new SectionBlock(TextObject.Mrkdwn($":coffee: *{text}* Please collect yours:")),
            .. LinePacker.Pack(mentions, " ", PeopleLength),
            new ContextBlock(
                TextObject.Mrkdwn(
                    collected.Count == 0 ? $"{state}." : $"{state}: {LinePacker.Join(collected, " ", PeopleLength)}"
                )
            ),
        ];
        if (run.Status == RunStatus.Active && collected.Count < people.Count)
            blocks.Add(new ActionsBlock(CollectButton(run.RunId)));
        return new SlackMessage(
            $"{text} {state}. Please collect yours: {LinePacker.Join(mentions, " ", PeopleLength)}",
            blocks
        );
    }

    /// <summary>The same to one person who ordered, by direct message: there is no thread.</summary>
    public static SlackMessage BackDirectly(CoffeeRun run, bool hasCollected)
    {
        var (runner, channel) = (Mrkdwn.User(run.RunnerUserId!), Mrkdwn.Channel(run.ChannelId));
        var text = hasCollected
            ? $":ok_hand: You have collected what {runner} brought for {channel}."
            : $":coffee: {runner} is back with the drinks for {channel}. Please collect yours.";
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
                TextObject.Plain("Leaving now", 75),
                run.RunId.ToString(),
                Confirm: ConfirmDialog.Ask(
                    "Leaving now?",
                    "Nobody can order, change or withdraw any more.",
                    "Leaving now",
                    "Not yet"
                )
            );
        if (run.BackAt is null)
            yield return new Button(Actions.ComeBack, TextObject.Plain("I'm back", 75), run.RunId.ToString());
    }

    internal static Button SnoozeButton(Guid runId) =>
        new(Actions.Snooze, TextObject.Plain($"Remind me in {RunRules.Snooze.TotalMinutes} min", 75), runId.ToString());

    private static Button CollectButton(Guid runId) =>
        new(Actions.Collect, TextObject.Plain("Collected", 75), runId.ToString(), Button.Primary);
}
