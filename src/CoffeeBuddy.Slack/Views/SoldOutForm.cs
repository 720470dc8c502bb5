using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The form in which an admin chooses what is sold out today.</summary>
public static class SoldOutForm
{
    private const string DrinksInput = "sold_out_drinks";
    private const string CustomizationsInput = "sold_out_customizations";

    /// <param name="menu">The menu that applies at the place.</param>
    /// <param name="soldOut">What is chosen already; null: nothing.</param>
    /// <param name="zone">The name of the time zone in which the day ends.</param>
    /// <param name="isChanged">Whether it was changed while the form was open: it has both then.</param>
    public static View Build(MenuPlace place, Menu menu, SoldOut? soldOut, string zone, bool isChanged = false)
    {
        List<Block> blocks =
        [
            .. isChanged ? new[] { new SectionBlock(TextObject.Mrkdwn(MenuPageTexts.SoldOutChanged)) } : [],
            new ContextBlock(
                TextObject.Mrkdwn($"{place.For} {MenuPageTexts.FormatSoldOutExplanation(Mrkdwn.Escape(zone, 100))}")
            ),
            Several(place, DrinksInput, MenuPageTexts.Drinks, menu.Drinks, soldOut?.Drinks ?? []),
        ];
        if (menu.Customizations.Count > 0)
            blocks.Add(
                Several(
                    place,
                    CustomizationsInput,
                    MenuPageTexts.Customizations,
                    menu.Customizations,
                    soldOut?.Customizations ?? []
                )
            );
        return place.Form(Actions.SoldOut, MenuPageTexts.SoldOutTodayTitle, blocks);
    }

    public static (IReadOnlyList<string> Drinks, IReadOnlyList<string> Customizations) Read(
        Interaction interaction,
        MenuPlace place
    )
    {
        IReadOnlyList<string> Chosen(string input) =>
            [
                .. (interaction.View?.Value(Block(place, input), input)?.SelectedOptions ?? [])
                    .Select(option => option.Value)
                    .OfType<string>(),
            ];
        return (Chosen(DrinksInput), Chosen(CustomizationsInput));
    }

    // Slack keeps what is chosen in a block whose id stays the same.
    private static string Block(MenuPlace place, string input) => $"{input}:{place.Version}";

    private static InputBlock Several(
        MenuPlace place,
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
            Block(place, input),
            label,
            new MultiStaticSelect(
                input,
                choices,
                initial.Count > 0 ? initial : null,
                TextObject.Plain(MenuPageTexts.NothingSoldOut, 150)
            ),
            optional: true
        );
    }
}
