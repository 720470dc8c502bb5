using CoffeeBuddy.Core.Users;

namespace CoffeeBuddy.Core.Orders;

/// <summary>A menu as admins write it and as it is stored.</summary>
/// <param name="Customizations">Can be empty.</param>
/// <param name="ShopName">Null: no shop.</param>
/// <param name="ShopLink">An https address; only with a name.</param>
/// <param name="AllowsFreeText">Whether what is not on the menu can be ordered too.</param>
public sealed record MenuDocument(
    IReadOnlyList<string> Drinks,
    IReadOnlyList<string> Sizes,
    IReadOnlyList<string> Customizations,
    string? ShopName = null,
    string? ShopLink = null,
    bool AllowsFreeText = true
)
{
    /// <summary>As typed: white space counts as one space, empty lines and repetitions are left out.</summary>
    public static MenuDocument Typed(
        IEnumerable<string> drinks,
        IEnumerable<string> sizes,
        IEnumerable<string> customizations,
        string? shopName,
        string? shopLink,
        bool allowsFreeText
    ) =>
        new(
            Entries(drinks),
            Entries(sizes),
            Entries(customizations),
            NullIfEmpty(shopName),
            NullIfEmpty(shopLink),
            allowsFreeText
        );

    /// <summary>A menu that is not stored as one that can be changed.</summary>
    public static MenuDocument Of(Menu menu) =>
        new(menu.Drinks, menu.Sizes, menu.Customizations, menu.Shop?.Name, menu.Shop?.Link, menu.AllowsFreeText);

    private static List<string> Entries(IEnumerable<string> lines) =>
        [
            .. lines
                .Select(TypedText.OneSpaced)
                .Where(line => line.Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase),
        ];

    private static string? NullIfEmpty(string? text) =>
        text is not null && TypedText.OneSpaced(text) is { Length: > 0 } typed ? typed : null;
}

/// <summary>Where the runner goes.</summary>
/// <param name="Link">An https address; null: none.</param>
public sealed record Shop(string Name, string? Link);

/// <summary>What there is no more of until a time.</summary>
public sealed record SoldOut(IReadOnlyList<string> Drinks, IReadOnlyList<string> Customizations, DateTimeOffset Until)
{
    /// <summary>The next midnight in a time zone.</summary>
    public static DateTimeOffset EndOfDay(DateTimeOffset now, TimeZoneInfo zone) =>
        zone.At(TimeZoneInfo.ConvertTime(now, zone).Date.AddDays(1));
}

/// <summary>What admins have stored for a workspace or a channel.</summary>
/// <param name="PlaceId">The id of the workspace or the channel.</param>
/// <param name="Document">Null: no menu of its own.</param>
/// <param name="SoldOut">Null: nothing was ever sold out. It may have ended.</param>
/// <param name="Version">Raised by each change; 0: nothing is stored.</param>
public sealed record StoredMenu(string PlaceId, MenuDocument? Document, SoldOut? SoldOut, int Version);

/// <summary>A part of a drink that cannot be ordered.</summary>
/// <param name="Entry">As it was ordered.</param>
/// <param name="IsSoldOut">False: it is not on the menu, and only what is on the menu can be ordered.</param>
public sealed record MenuRefusal(OrderField Field, string Entry, bool IsSoldOut);
