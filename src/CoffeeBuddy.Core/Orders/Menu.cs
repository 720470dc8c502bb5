namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// What people can order in a channel. What is sold out is on the menu, but not offered. Where free text is allowed a
/// drink can also be typed.
/// </summary>
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
    }

    private Menu(MenuDocument document)
    {
        Drinks = document.Drinks;
        Sizes = document.Sizes;
        Customizations = document.Customizations;
        Shop = document.ShopName is { } name ? new Shop(name, document.ShopLink) : null;
        AllowsFreeText = document.AllowsFreeText;
    }

    private Menu(Menu menu, IReadOnlyCollection<SoldOut> soldOut)
    {
        Drinks = menu.Drinks;
        Sizes = menu.Sizes;
        Customizations = menu.Customizations;
        Shop = menu.Shop;
        AllowsFreeText = menu.AllowsFreeText;
        _soldOutDrinks = Comparable(soldOut.SelectMany(list => list.Drinks));
        _soldOutCustomizations = Comparable(soldOut.SelectMany(list => list.Customizations));
    }

    public static Menu Default { get; } = new([], [], []);

    public IReadOnlyList<string> Drinks { get; }
    public IReadOnlyList<string> Sizes { get; }
    public IReadOnlyList<string> Customizations { get; }

    /// <summary>Where the runner goes; null: nobody has said.</summary>
    public Shop? Shop { get; }

    /// <summary>Whether what is not on the menu can be ordered too.</summary>
    public bool AllowsFreeText { get; } = true;

    /// <summary>The drinks that are not sold out.</summary>
    public IEnumerable<string> OfferedDrinks => Drinks.Where(drink => !Has(_soldOutDrinks, drink));

    /// <summary>The customizations that are not sold out.</summary>
    public IEnumerable<string> OfferedCustomizations =>
        Customizations.Where(customization => !Has(_soldOutCustomizations, customization));

    private readonly HashSet<string> _soldOutDrinks = [];
    private readonly HashSet<string> _soldOutCustomizations = [];

    /// <summary>The entries as people may type them, for <see cref="OrderText"/>: each with its spelling.</summary>
    internal IReadOnlyList<(string Typed, string Entry)> TypedDrinks => field ??= ByTypedText(Drinks);
    internal IReadOnlyList<(string Typed, string Entry)> TypedSizes => field ??= ByTypedText(Sizes);
    internal IReadOnlyList<(string Typed, string Entry)> TypedCustomizations => field ??= ByTypedText(Customizations);

    /// <summary>The entries as people write them in a sentence, for <see cref="OrderReplyText"/>.</summary>
    internal IReadOnlyList<MenuWords> Words => field ??= MenuWords.Of(this);

    /// <summary>The size of an order that gives none: the middle of the list.</summary>
    public string UsualSize => Sizes[Sizes.Count / 2];

    /// <summary>
    /// The menu of a channel: its own, otherwise the workspace's, otherwise the configured one. What the workspace's shop
    /// has sold out says nothing about a channel with a menu of its own.
    /// </summary>
    /// <param name="channel">What is stored for the channel; null: nothing.</param>
    /// <param name="workspace">What is stored for the workspace; null: nothing.</param>
    public static Menu Of(StoredMenu? channel, StoredMenu? workspace, Menu configured, DateTimeOffset now)
    {
        var own = channel?.Document ?? workspace?.Document;
        var menu = own is null ? configured : new Menu(own);
        SoldOut?[] lists = [channel?.SoldOut, channel?.Document is null ? workspace?.SoldOut : null];
        var soldOut = lists.OfType<SoldOut>().Where(list => now < list.Until).ToList();
        return soldOut.Count == 0 ? menu : new Menu(menu, soldOut);
    }

    /// <summary>Whether a drink can be ordered.</summary>
    /// <param name="kept">The drink that the person has ordered in this run: what is in it stays theirs. Null:
    /// none.</param>
    /// <returns>The first part of the drink that cannot be ordered; null when all can.</returns>
    public MenuRefusal? Refuse(Drink drink, Drink? kept = null) =>
        Refuse(OrderField.DrinkType, drink.DrinkType, kept?.DrinkType, Drinks, _soldOutDrinks)
        ?? Refuse(OrderField.Size, drink.Size, kept?.Size, Sizes, soldOut: [])
        ?? drink
            .Customizations.Select(customization =>
                Refuse(
                    OrderField.Customizations,
                    customization,
                    kept?.Customizations.FirstOrDefault(own => IsSame(own, customization)),
                    Customizations,
                    _soldOutCustomizations
                )
            )
            .FirstOrDefault(refusal => refusal is not null);

    private MenuRefusal? Refuse(
        OrderField field,
        string entry,
        string? kept,
        IReadOnlyList<string> menu,
        HashSet<string> soldOut
    )
    {
        if (kept is not null && IsSame(kept, entry))
            return null;
        if (Has(soldOut, entry))
            return new(field, entry, IsSoldOut: true);
        return AllowsFreeText || menu.Any(own => IsSame(own, entry)) ? null : new(field, entry, IsSoldOut: false);
    }

    private static HashSet<string> Comparable(IEnumerable<string> entries) =>
        new(entries.Select(TypedText.Comparable), StringComparer.OrdinalIgnoreCase);

    private static bool Has(HashSet<string> entries, string entry) =>
        entries.Count > 0 && entries.Contains(TypedText.Comparable(entry));

    private static bool IsSame(string one, string other) =>
        TypedText.Comparable(one).Equals(TypedText.Comparable(other), StringComparison.OrdinalIgnoreCase);

    private static (string Typed, string Entry)[] ByTypedText(IReadOnlyList<string> entries) =>
        [.. entries.Select(entry => (TypedText.Comparable(entry), entry))];
}
