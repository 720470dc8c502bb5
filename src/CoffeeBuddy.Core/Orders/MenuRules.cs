namespace CoffeeBuddy.Core.Orders;

/// <summary>The fields of a menu.</summary>
public enum MenuField
{
    Drinks,
    Sizes,
    Customizations,
    ShopName,
    ShopLink,
}

public enum MenuFaultKind
{
    /// <summary>There must be at least one entry.</summary>
    Missing,

    /// <summary>More entries than the limit.</summary>
    TooMany,

    /// <summary>An entry is empty or longer than the limit.</summary>
    Length,

    /// <summary>An entry has control characters.</summary>
    NotText,

    /// <summary>The link is no https address.</summary>
    NotHttps,

    /// <summary>There is a link, but no name of the shop.</summary>
    NameMissing,
}

/// <summary>What is wrong in one field of a menu.</summary>
/// <param name="Limit">Of entries, or of characters.</param>
/// <param name="Entry">The entry that is wrong; null: it is about the whole field.</param>
public sealed record MenuFault(MenuField Field, MenuFaultKind Kind, int Limit = 0, string? Entry = null);

/// <summary>The limits of a menu, configured or written by an admin: those of the order form.</summary>
public static class MenuRules
{
    /// <summary>Longest name of a shop in characters.</summary>
    public const int MaxShopNameLength = 100;

    /// <summary>Longest link in characters.</summary>
    public const int MaxShopLinkLength = 500;

    /// <summary>Checks the three lists.</summary>
    public static IEnumerable<MenuFault> Validate(
        IReadOnlyCollection<string> drinks,
        IReadOnlyCollection<string> sizes,
        IReadOnlyCollection<string> customizations
    ) =>
        [
            .. Validate(MenuField.Drinks, drinks, Menu.MaxDrinks, Drink.MaxCustomizationLength),
            .. Validate(MenuField.Sizes, sizes, Menu.MaxSizes, Drink.MaxSizeLength),
            .. Validate(
                MenuField.Customizations,
                customizations,
                Drink.MaxCustomizations,
                Drink.MaxCustomizationLength
            ),
        ];

    /// <summary>Checks a menu that an admin has written.</summary>
    /// <returns>All faults at once; empty when it can be stored.</returns>
    public static IReadOnlyList<MenuFault> Validate(MenuDocument document)
    {
        List<MenuFault> faults = [.. Validate(document.Drinks, document.Sizes, document.Customizations)];
        if (document.Drinks.Count == 0)
            faults.Add(new(MenuField.Drinks, MenuFaultKind.Missing));
        if (document.Sizes.Count == 0)
            faults.Add(new(MenuField.Sizes, MenuFaultKind.Missing));
        if (document.ShopName is { } name)
            faults.AddRange(Validate(MenuField.ShopName, [name], most: 1, MaxShopNameLength));
        else if (document.ShopLink is not null)
            faults.Add(new(MenuField.ShopName, MenuFaultKind.NameMissing));
        if (document.ShopLink is { } link)
        {
            faults.AddRange(Validate(MenuField.ShopLink, [link], most: 1, MaxShopLinkLength));
            if (!IsHttps(link))
                faults.Add(new(MenuField.ShopLink, MenuFaultKind.NotHttps));
        }
        return faults;
    }

    private static IEnumerable<MenuFault> Validate(
        MenuField field,
        IReadOnlyCollection<string> entries,
        int most,
        int longest
    )
    {
        if (entries.Count > most)
            yield return new(field, MenuFaultKind.TooMany, most);
        foreach (var entry in entries)
        {
            if (string.IsNullOrWhiteSpace(entry) || entry.Length > longest)
                yield return new(field, MenuFaultKind.Length, longest, entry);
            else if (entry.Any(char.IsControl))
                yield return new(field, MenuFaultKind.NotText, longest, entry);
        }
    }

    // These characters end a link in Slack's messages.
    private static bool IsHttps(string link) =>
        Uri.TryCreate(link, UriKind.Absolute, out var uri)
        && uri.Scheme == Uri.UriSchemeHttps
        && uri.Host.Length > 0
        && uri.UserInfo.Length == 0
        && !link.Any(character => character is '<' or '>' or '|' || char.IsWhiteSpace(character));
}
