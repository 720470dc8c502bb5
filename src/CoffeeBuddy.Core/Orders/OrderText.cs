using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// Reads an order written in a run's thread: "large latte, oat milk" or "flat white with extra shot". Every part of the
/// text must be on the menu. Sentences: <see cref="OrderReplyText"/>.
/// </summary>
public static class OrderText
{
    private static readonly string[] Separators = [",", ";", " with ", " and ", "+"];

    /// <summary>Reads the text as an order; without a size it gets <see cref="Menu.UsualSize"/>.</summary>
    public static bool TryParse(string text, Menu menu, [NotNullWhen(true)] out Drink? drink)
    {
        drink = null;
        // In lower case "WITH" is a separator too; the spelling is taken from the menu.
        var parts = Clean(text)
            .ToLowerInvariant()
            .Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0)
            return false;

        var drinkPart = parts[0];
        // The longest size that fits: "Extra Large" before "Extra".
        var (typedSize, size) = menu
            .TypedSizes.OrderByDescending(size => size.Entry.Length)
            .FirstOrDefault(size => drinkPart.StartsWith(size.Typed + " ", StringComparison.OrdinalIgnoreCase));
        if (size is not null)
            drinkPart = drinkPart[(typedSize.Length + 1)..];
        var drinkType = Find(menu.TypedDrinks, drinkPart);
        if (drinkType is null)
            return false;

        var customizations = parts.Skip(1).Select(part => Find(menu.TypedCustomizations, part)).ToList();
        if (customizations.Contains(null))
            return false;
        drink = new Drink(drinkType, size ?? menu.UsualSize, customizations!);
        return true;
    }

    private static string? Find(IReadOnlyList<(string Typed, string Entry)> offered, string text) =>
        offered.FirstOrDefault(entry => entry.Typed.Equals(text, StringComparison.OrdinalIgnoreCase)).Entry;

    private static string Clean(string text) => TypedText.Comparable(text).TrimEnd('.', '!', ' ');
}
