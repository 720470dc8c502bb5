using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// Reads an order written in a run's thread: "large latte, oat milk" or "flat white with extra shot". Only what is on
/// the menu counts, the whole text must be an order, and everything else is conversation: a thread is also for talking.
/// </summary>
public static class OrderText
{
    private static readonly string[] Withdrawals =
    [
        "nothing",
        "none",
        "nothing for me",
        "no coffee",
        "withdraw",
        "cancel my order",
    ];
    private static readonly string[] Separators = [",", ";", " with ", " and ", "+"];

    /// <summary>Whether the text takes back the writer's order.</summary>
    public static bool IsWithdrawal(string text) => Withdrawals.Contains(Clean(text), StringComparer.OrdinalIgnoreCase);

    /// <summary>The order that the text is, if it is one; the usual size where it names none.</summary>
    public static bool TryParse(string text, Menu menu, [NotNullWhen(true)] out Drink? drink)
    {
        drink = null;
        // Lower case, so that "WITH" separates as well; the menu has the spelling.
        var parts = Clean(text)
            .ToLowerInvariant()
            .Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (parts.Length == 0)
            return false;

        var head = parts[0];
        // The longest that fits: "Extra Large" rather than "Extra".
        var size = menu
            .Sizes.OrderByDescending(size => size.Length)
            .FirstOrDefault(size => head.StartsWith(size + " ", StringComparison.OrdinalIgnoreCase));
        if (size is not null)
            head = head[(size.Length + 1)..].TrimStart();
        var drinkType = Find(menu.Drinks, head);
        if (drinkType is null)
            return false;

        var customizations = parts.Skip(1).Select(part => Find(menu.Customizations, part)).ToList();
        if (customizations.Contains(null))
            return false;
        drink = new Drink(drinkType, size ?? menu.UsualSize, customizations!);
        return true;
    }

    private static string? Find(IReadOnlyList<string> offered, string text) =>
        offered.FirstOrDefault(entry => entry.Equals(text, StringComparison.OrdinalIgnoreCase));

    private static string Clean(string text) => text.Trim().TrimEnd('.', '!').Trim();
}
