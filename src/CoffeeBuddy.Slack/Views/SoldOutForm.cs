using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The form in which an admin chooses what is sold out today.</summary>
public static class SoldOutForm
{
    private const string DrinksInput = "sold_out_drinks";
    private const string CustomizationsInput = "sold_out_customizations";

    /// <param name="menu">The menu that applies at the place.</param>
    /// <param name="soldOut">What is chosen already; null: nothing.</param>
    /// <param name="zone">The name of the time zone in which the day ends.</param>
    /// <param name="now">What somebody else has stored meanwhile; null: nobody has.</param>
    public static View Build(MenuPlace place, Menu menu, SoldOut? soldOut, string zone, StoredMenu? now = null)
    {
        List<Block> blocks =
        [
            .. now is null
                ? []
                : MenuTexts.ChangedMeanwhile(
                    string.Join('\n', [.. now.SoldOut?.Drinks ?? [], .. now.SoldOut?.Customizations ?? []])
                ),
            new ContextBlock(
                TextObject.Mrkdwn(
                    $"For {place.Name}. It ends by itself at midnight ({Mrkdwn.Escape(zone, 100)}). Orders that are placed stay."
                )
            ),
            Several(DrinksInput, "Drinks", menu.Drinks, soldOut?.Drinks ?? []),
        ];
        if (menu.Customizations.Count > 0)
            blocks.Add(
                Several(CustomizationsInput, "Customizations", menu.Customizations, soldOut?.Customizations ?? [])
            );
        return place.Form(Actions.SoldOut, "Sold out today", blocks);
    }

    public static (IReadOnlyList<string> Drinks, IReadOnlyList<string> Customizations) Read(Interaction interaction)
    {
        IReadOnlyList<string> Chosen(string input) =>
            [
                .. (interaction.View?.Value(input, input)?.SelectedOptions ?? [])
                    .Select(option => option.Value)
                    .OfType<string>(),
            ];
        return (Chosen(DrinksInput), Chosen(CustomizationsInput));
    }

    private static InputBlock Several(
        string input,
        string label,
        IReadOnlyList<string> entries,
        IReadOnlyList<string> chosen
    )
    {
        var choices = entries
            .Distinct(StringComparer.OrdinalIgnoreCase)
            .Take(Menu.MaxDrinks)
            .Select(entry => new Choice(TextObject.Plain(entry, Drink.MaxCustomizationLength), entry))
            .ToList();
        var initial = choices.Where(choice => chosen.Contains(choice.Value, StringComparer.OrdinalIgnoreCase)).ToList();
        return MenuPlace.Input(
            input,
            label,
            new MultiStaticSelect(
                input,
                choices,
                initial.Count > 0 ? initial : null,
                TextObject.Plain("Nothing is sold out", 150)
            ),
            optional: true
        );
    }
}
