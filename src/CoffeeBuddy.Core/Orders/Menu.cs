namespace CoffeeBuddy.Core.Orders;

/// <summary>What the order form offers. A drink type may also be typed; sizes come from the list.</summary>
public sealed class Menu
{
    /// <summary>Most drinks: the options of one Slack select, less the one for "Something else".</summary>
    public const int MaxDrinks = 99;

    /// <summary>Most sizes: the options of one group of Slack radio buttons.</summary>
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
    }

    public static Menu Default { get; } = new([], [], []);

    public IReadOnlyList<string> Drinks { get; }
    public IReadOnlyList<string> Sizes { get; }
    public IReadOnlyList<string> Customizations { get; }

    /// <summary>The size a person means who names none: the middle of the list.</summary>
    public string UsualSize => Sizes[Sizes.Count / 2];
}
