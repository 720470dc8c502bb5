using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>
/// The form in which an admin writes a menu. The drinks have as many fields as they need: one of Slack's holds 3000
/// characters, a menu up to 7500.
/// </summary>
public static class MenuForm
{
    private const string DrinksInput = "drinks";
    private const string SizesInput = "sizes";
    private const string CustomizationsInput = "customizations";
    private const string ShopNameInput = "shop_name";
    private const string ShopLinkInput = "shop_link";
    private const string FreeTextInput = "free_text";

    /// <summary>Another field is offered when the last one has no room for more drinks than these characters.</summary>
    private const int Room = 800;

    private const int MaxFields = 4;

    private static Choice FreeText => new(TextObject.Plain(MenuPageTexts.FreeTextChoice, 75), FreeTextInput);

    /// <param name="now">What somebody else has stored meanwhile; null: nobody has.</param>
    public static View Build(MenuPlace place, MenuDocument menu, StoredMenu? now = null)
    {
        List<Block> blocks =
        [
            .. now is null ? [] : MenuTexts.ChangedMeanwhile(now.Document is null ? "" : MenuText.Write(now.Document)),
            new ContextBlock(TextObject.Mrkdwn($"{place.For} {MenuPageTexts.OneEntryPerLine}")),
        ];
        var fields = MenuText.Parts(menu.Drinks).ToList();
        if (fields[^1].Length > MenuText.PartLength - Room && fields.Count < MaxFields)
            fields.Add("");
        blocks.AddRange(
            fields.Select(
                (lines, index) =>
                    MenuPlace.Input(
                        Block(DrinksInput, index),
                        index == 0 ? MenuPageTexts.Drinks : MenuPageTexts.MoreDrinks,
                        new PlainTextInput(DrinksInput, MenuText.PartLength, NullIfEmpty(lines), Multiline: true),
                        optional: index > 0
                    )
            )
        );
        blocks.Add(
            MenuPlace.Input(
                Block(SizesInput),
                MenuPageTexts.Sizes,
                Lines(SizesInput, menu.Sizes),
                hint: MenuPageTexts.SizesHint
            )
        );
        blocks.Add(
            MenuPlace.Input(
                Block(CustomizationsInput),
                MenuPageTexts.Customizations,
                Lines(CustomizationsInput, menu.Customizations),
                optional: true
            )
        );
        blocks.Add(
            MenuPlace.Input(
                Block(ShopNameInput),
                MenuPageTexts.NameOfShop,
                new PlainTextInput(ShopNameInput, MenuRules.MaxShopNameLength, menu.ShopName),
                optional: true
            )
        );
        blocks.Add(
            MenuPlace.Input(
                Block(ShopLinkInput),
                MenuPageTexts.LinkOfShop,
                new PlainTextInput(ShopLinkInput, MenuRules.MaxShopLinkLength, menu.ShopLink),
                optional: true,
                hint: MenuPageTexts.LinkOfShopHint
            )
        );
        blocks.Add(
            MenuPlace.Input(
                Block(FreeTextInput),
                MenuPageTexts.FreeText,
                new Checkboxes(FreeTextInput, [FreeText], menu.AllowsFreeText ? [FreeText] : null),
                optional: true
            )
        );
        return place.Form(Actions.EditMenu, MenuPageTexts.Menu, blocks);
    }

    public static MenuDocument Read(Interaction interaction)
    {
        string? Value(string input, int index = 0) => interaction.View?.Value(Block(input, index), input)?.Value;
        return MenuDocument.Typed(
            Enumerable.Range(0, MaxFields).SelectMany(index => MenuText.Lines(Value(DrinksInput, index))),
            MenuText.Lines(Value(SizesInput)),
            MenuText.Lines(Value(CustomizationsInput)),
            Value(ShopNameInput),
            Value(ShopLinkInput),
            interaction.View?.Value(Block(FreeTextInput), FreeTextInput)?.SelectedOptions is [_, ..]
        );
    }

    /// <summary>Keeps the form open and shows below each field what is wrong with it.</summary>
    public static ViewResponse Errors(IEnumerable<MenuFault> faults) =>
        new(
            "errors",
            Errors: faults
                .GroupBy(fault => fault.Field)
                .ToDictionary(
                    field => Block(InputOf(field.Key)),
                    field => string.Join(' ', field.Take(3).Select(MenuTexts.Fault))
                )
        );

    private static string InputOf(MenuField field) =>
        field switch
        {
            MenuField.Sizes => SizesInput,
            MenuField.Customizations => CustomizationsInput,
            MenuField.ShopName => ShopNameInput,
            MenuField.ShopLink => ShopLinkInput,
            _ => DrinksInput,
        };

    private static PlainTextInput Lines(string input, IReadOnlyList<string> entries) =>
        new(input, MenuText.PartLength, NullIfEmpty(string.Join('\n', entries)), Multiline: true);

    private static string Block(string input, int index = 0) => $"{input}:{index}";

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}
