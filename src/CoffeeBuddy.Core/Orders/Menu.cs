namespace CoffeeBuddy.Core.Orders;

/// <summary>The choices of the order form. A drink type can also be typed; a size can only be chosen.</summary>
public sealed class Menu
{
    /// <summary>Most drinks: a Slack select has at most 100 options, one of which is "Something else".</summary>
    public const int MaxDrinks = 99;

    /// <summary>Most sizes: the limit of a group of Slack radio buttons.</summary>
    public const int MaxSizes = 10;

    public Menu(ICollection<string> drinks, ICollection<string> sizes, ICollection<string> customizations)
    {
        Drinks =
            drinks.Count > 0
                ? [.. drinks]
                :
                [
                    "Espresso",
                    "Americano",
                    "Cappuccino",
                    "Flat White",
                    "Latte",
                    "Mocha",
                    "Filter Coffee",
                    "Hot Chocolate",
                    "Tea",
                ];
        Sizes = sizes.Count > 0 ? [.. sizes] : ["Small", "Medium", "Large"];
        Customizations =
            customizations.Count > 0
                ? [.. customizations]
                :
                [
                    "Oat milk",
                    "Soy milk",
                    "Lactose-free milk",
                    "Extra shot",
                    "Decaf",
                    "Iced",
                    "Sugar",
                    "Vanilla syrup",
                    "Caramel syrup",
                    "To go lid",
                ];
        TypedDrinks = ByTypedText(Drinks);
        TypedSizes = ByTypedText(Sizes);
        TypedCustomizations = ByTypedText(Customizations);
        Words = MenuWords.Of(this);
    }

    public static Menu Default { get; } = new([], [], []);

    public IReadOnlyList<string> Drinks { get; }
    public IReadOnlyList<string> Sizes { get; }
    public IReadOnlyList<string> Customizations { get; }

    /// <summary>The entries as people may type them, for <see cref="OrderText"/>: each with its spelling.</summary>
    internal IReadOnlyList<(string Typed, string Entry)> TypedDrinks { get; }
    internal IReadOnlyList<(string Typed, string Entry)> TypedSizes { get; }
    internal IReadOnlyList<(string Typed, string Entry)> TypedCustomizations { get; }

    /// <summary>The entries as people write them in a sentence, for <see cref="OrderReplyText"/>.</summary>
    internal IReadOnlyList<MenuWords> Words { get; }

    /// <summary>The size of an order that gives none: the middle of the list.</summary>
    public string UsualSize => Sizes[Sizes.Count / 2];

    private static (string Typed, string Entry)[] ByTypedText(IReadOnlyList<string> entries) =>
        [.. entries.Select(entry => (TypedText.Comparable(entry), entry))];
}
