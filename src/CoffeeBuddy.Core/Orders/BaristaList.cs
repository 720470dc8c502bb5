namespace CoffeeBuddy.Core.Orders;

/// <summary>Equal drinks of a run.</summary>
/// <param name="Drink">As the barista reads it: "Large Flat White, Oat milk, Extra shot".</param>
/// <param name="Orders">The earliest first.</param>
public sealed record BaristaLine(string Drink, IReadOnlyList<Order> Orders);

/// <summary>
/// What a barista is to make: equal drinks together, drinks, sizes and customizations in the order of the menu. What is
/// not on the menu comes last, by name.
/// </summary>
public static class BaristaList
{
    public static IReadOnlyList<BaristaLine> Of(IEnumerable<Order> orders, Menu menu) =>
        [
            .. orders
                .OrderBy(order => order.CreatedAt)
                .ThenBy(order => order.OrderId)
                .GroupBy(order => order.Drink)
                .OrderBy(group => Place(menu.Drinks, group.Key.DrinkType))
                .ThenBy(group => group.Key.DrinkType, StringComparer.OrdinalIgnoreCase)
                .ThenBy(group => Place(menu.Sizes, group.Key.Size))
                .ThenBy(group => group.Key.Size, StringComparer.OrdinalIgnoreCase)
                .ThenBy(group => group.Key.Customizations.Length)
                .ThenBy(group => Describe(group.Key, menu), StringComparer.OrdinalIgnoreCase)
                .Select(group => new BaristaLine(Describe(group.Key, menu), [.. group])),
        ];

    /// <summary>The drink with its customizations in the order of the menu.</summary>
    public static string Describe(Drink drink, Menu menu) =>
        string.Join(
            ", ",
            [
                $"{drink.Size} {drink.DrinkType}",
                .. drink
                    .Customizations.OrderBy(customization => Place(menu.Customizations, customization))
                    .ThenBy(customization => customization, StringComparer.OrdinalIgnoreCase),
            ]
        );

    private static int Place(IReadOnlyList<string> entries, string text)
    {
        for (var place = 0; place < entries.Count; place++)
            if (entries[place].Equals(text, StringComparison.OrdinalIgnoreCase))
                return place;
        return int.MaxValue;
    }
}
