using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>An active run, for the App Home.</summary>
/// <param name="Own">The person's orders in it: their own, and those for their guests.</param>
public sealed record ActiveRun(CoffeeRun Run, int OrderCount, IReadOnlyList<Order> Own)
{
    public bool HasOrdered => Own.Any(order => order.Guest is null);
}

/// <summary>A drink of the person, for the App Home.</summary>
/// <param name="Name">The person's own name for a favourite; null: none.</param>
public sealed record OfferedDrink(Guid PreferenceId, Drink Drink, bool IsFavourite, string? Name);

/// <summary>The App Home: the person's absence, turn and settings, the active runs, and their drinks.</summary>
public static class HomeView
{
    private const int MaxRuns = 10;

    // Of the 100 that Slack allows, the drinks and the rest need 49.
    private const int MaxRunBlocks = 51;

    /// <summary>The notice that no other drink can be pinned.</summary>
    public static string TooManyFavourites => HomeTexts.TooManyFavourites;

    // Two blocks each; Slack allows 100.
    private const int MaxDrinks = 15;

    /// <param name="drinks">The person's drinks: favourites, then the last ones. The first is their usual.</param>
    /// <param name="planned">The person's planned runs.</param>
    /// <param name="notice">Shown above the drinks, in mrkdwn; null: nothing.</param>
    public static View Build(
        IReadOnlyList<OfferedDrink> drinks,
        IReadOnlyList<ActiveRun> activeRuns,
        HomePerson person,
        string? notice = null,
        IReadOnlyList<PlannedRun>? planned = null
    )
    {
        List<Block> ofPlanned = [.. PlannedRunReplies.AtHome(planned ?? [])];
        List<Block> blocks =
        [
            new HeaderBlock(TextObject.Plain("CoffeeBuddy", 150)),
            HomePersonBlocks.Away(person),
            .. HomePersonBlocks.About(person),
            new DividerBlock(),
            Title(HomeTexts.RunsUnderWay),
        ];
        if (activeRuns.Count == 0)
            blocks.Add(Text(HomeTexts.FormatNoRuns(Commands.Coffee)));
        var (shown, room) = (0, MaxRunBlocks - ofPlanned.Count);
        foreach (var active in activeRuns.Take(MaxRuns))
        {
            List<Block> ofRun = [RunBlock(active)];
            if (!active.HasOrdered && drinks.Count > 0 && RunRules.AcceptsOrders(active.Run))
                ofRun.Add(
                    new ActionsBlock(
                        RunMessages.UsualButton(active.Run.RunId, HomeTexts.FormatOrderDrink(drinks[0].Drink))
                    )
                );
            ofRun.AddRange(OrderReplies.OwnOrders(active.Own, RunRules.AcceptsOrders(active.Run)));
            if (ofRun.Count > room)
                break;
            blocks.AddRange(ofRun);
            (shown, room) = (shown + 1, room - ofRun.Count);
        }
        if (activeRuns.Count > shown)
            blocks.Add(Text(CountTexts.FormatMore(activeRuns.Count - shown)));
        blocks.AddRange(ofPlanned);
        blocks.Add(new DividerBlock());
        blocks.Add(Title(HomeTexts.YourDrinks));
        blocks.Add(Text(drinks.Count == 0 ? HomeTexts.NoDrinks : HomeTexts.DrinksExplanation));
        if (notice is not null)
            blocks.Add(Text(notice));
        foreach (var (drink, index) in drinks.Take(MaxDrinks).Select((drink, index) => (drink, index)))
        {
            blocks.Add(new SectionBlock(TextObject.Mrkdwn(Line(drink, isUsual: index == 0))));
            blocks.Add(new ActionsBlock(Buttons(drink, isUsual: index == 0)));
        }
        return new View(View.Home, blocks);
    }

    private static string Line(OfferedDrink drink, bool isUsual)
    {
        var name = drink.Name is null ? "" : $"*{Mrkdwn.Escape(drink.Name, 300)}*: ";
        var pin = drink.IsFavourite ? ":pushpin: " : "";
        var line = $"{pin}{name}{Mrkdwn.Escape(drink.Drink.ToString(), 2000)}";
        return isUsual ? HomeTexts.FormatIsUsual(line) : line;
    }

    private static List<Element> Buttons(OfferedDrink drink, bool isUsual)
    {
        var id = drink.PreferenceId.ToString();
        List<Element> buttons = [];
        if (!drink.IsFavourite)
            buttons.Add(new Button(Actions.Pin, TextObject.Plain(HomeTexts.PinAsMyUsual, 75), id));
        else
        {
            if (!isUsual)
                buttons.Add(new Button(Actions.Pin, TextObject.Plain(HomeTexts.MakeItMyUsual, 75), id));
            buttons.Add(new Button(Actions.Rename, TextObject.Plain(HomeTexts.Rename, 75), id));
            buttons.Add(new Button(Actions.Unpin, TextObject.Plain(HomeTexts.Unpin, 75), id));
        }
        buttons.Add(
            new Button(
                Actions.Remove,
                TextObject.Plain(HomeTexts.Remove, 75),
                id,
                Confirm: ConfirmDialog.Ask(
                    HomeTexts.RemoveDrink,
                    HomeTexts.RemoveDrinkExplanation,
                    HomeTexts.Remove,
                    HomeTexts.KeepIt
                )
            )
        );
        return buttons;
    }

    private static SectionBlock RunBlock(ActiveRun active)
    {
        var run = active.Run;
        var orders = Counts.Orders(active.OrderCount);
        var started = HomeTexts.FormatRunStarted(
            Mrkdwn.Channel(run.ChannelId),
            Mrkdwn.User(run.InitiatorUserId),
            Mrkdwn.Time(run.CreatedAt)
        );
        var state = run switch
        {
            { RunnerUserId: null } => HomeTexts.FormatOrdersAndNobody(orders),
            { BackAt: not null } => HomeTexts.FormatOrdersAndBack(orders, Mrkdwn.User(run.RunnerUserId)),
            { LeftAt: not null } => HomeTexts.FormatOrdersAndLeft(orders, Mrkdwn.User(run.RunnerUserId)),
            _ => HomeTexts.FormatOrdersAndGoes(orders, Mrkdwn.User(run.RunnerUserId)),
        };
        return new SectionBlock(
            TextObject.Mrkdwn($"{started}\n{state}"),
            Accessory: active.HasOrdered || !RunRules.AcceptsOrders(run)
                ? null
                : RunMessages.OrderButton(run.RunId, HomeTexts.Order)
        );
    }

    private static SectionBlock Title(string text) => Text($"*{text}*");

    private static SectionBlock Text(string text) => new(TextObject.Mrkdwn(text));
}
