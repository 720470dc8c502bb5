using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Views;

/// <summary>An active run, for the App Home.</summary>
public sealed record ActiveRun(CoffeeRun Run, int OrderCount);

/// <summary>The App Home: whether the person is away, the active runs, and the person's last drinks.</summary>
public static class HomeView
{
    private const int MaxRuns = 10;

    /// <param name="lastDrinks">The person's last drinks, latest first.</param>
    public static View Build(IReadOnlyList<Drink> lastDrinks, IReadOnlyList<ActiveRun> activeRuns, bool away)
    {
        List<Block> blocks =
        [
            new HeaderBlock(TextObject.Plain("CoffeeBuddy", 150)),
            new SectionBlock(
                TextObject.Mrkdwn(
                    away
                        ? ":palm_tree: You are *away*: you can order, but I will not choose you to go."
                        : ":coffee: You are *here*: when you order, I may choose you to go."
                ),
                Accessory: new Button(
                    Actions.ToggleAway,
                    TextObject.Plain(away ? "I am back" : "I am away", 75),
                    away ? Actions.Back : Actions.Away
                )
            ),
            new DividerBlock(),
            Title("Runs under way"),
        ];
        if (activeRuns.Count == 0)
            blocks.Add(Text($"None just now. Type `{Commands.Coffee}` in a channel to start one."));
        blocks.AddRange(activeRuns.Take(MaxRuns).Select(RunBlock));
        if (activeRuns.Count > MaxRuns)
            blocks.Add(Text($"… and {activeRuns.Count - MaxRuns} more"));
        blocks.Add(new DividerBlock());
        blocks.Add(Title("Your last drinks"));
        if (lastDrinks.Count == 0)
            blocks.Add(Text("None yet. I remember what you order and suggest it the next time."));
        blocks.AddRange(
            lastDrinks
                .Take(OrderForm.MaxLastDrinks)
                .Select(drink => new SectionBlock(TextObject.Plain(drink.ToString(), 1000)))
        );
        return new View(View.Home, blocks);
    }

    private static SectionBlock RunBlock(ActiveRun active)
    {
        var run = active.Run;
        var runner = run.RunnerUserId is null ? "no runner yet" : $"{Mrkdwn.User(run.RunnerUserId)} goes";
        return new SectionBlock(
            TextObject.Mrkdwn(
                $"{Mrkdwn.Channel(run.ChannelId)}, started by {Mrkdwn.User(run.InitiatorUserId)} {Mrkdwn.Time(run.CreatedAt)}\n{RunMessages.Count(active.OrderCount, "order")}, {runner}"
            ),
            Accessory: RunMessages.OrderButton(run.RunId)
        );
    }

    private static SectionBlock Title(string text) => Text($"*{text}*");

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
