namespace CoffeeBuddy.Core.Orders;

/// <summary>What is to be different about a drink. To apply it a second time changes nothing.</summary>
/// <param name="DrinkType">Null: the drink that the person has.</param>
/// <param name="Size">Null: the size that the person has, or the usual one.</param>
/// <param name="Keeps">Whether what is not named stays ("make that a tea"). False: a new drink ("tea").</param>
public sealed record DrinkChange(
    string? DrinkType,
    string? Size,
    IReadOnlyList<string> Added,
    IReadOnlyList<string> Removed,
    bool Keeps
)
{
    /// <summary>It is about an order that the person must have: "the same but decaf".</summary>
    public bool NeedsOrder { get; init; }

    /// <summary>What is added replaces what is of the same kind: "vanilla syrup instead".</summary>
    public bool Replaces { get; init; }

    /// <summary>The drink that the person must have: "a latte instead of a tea".</summary>
    public string? InsteadOfDrink { get; init; }

    /// <summary>The size that the person must have.</summary>
    public string? InsteadOfSize { get; init; }

    public static DrinkChange To(Drink drink) =>
        new(drink.DrinkType, drink.Size, drink.Customizations, Removed: [], Keeps: false);

    /// <summary>Whether it can be applied without an order.</summary>
    public bool CanBeFirst => DrinkType is not null && !NeedsOrder && InsteadOfDrink is null && InsteadOfSize is null;

    /// <summary>Nothing of the order that the person has is kept.</summary>
    public bool IsNew => DrinkType is not null && !Keeps;

    /// <param name="own">The drink that the person has; null: none.</param>
    /// <returns>Null when it does not fit the drink that the person has.</returns>
    public Drink? ApplyTo(Drink? own, Menu menu)
    {
        if (own is null || IsNew)
            return CanBeFirst || own is not null ? New(menu) : null;
        if (IsOther(InsteadOfDrink, own.DrinkType, DrinkType) || IsOther(InsteadOfSize, own.Size, Size))
            return null;
        var customizations = own
            .Customizations.Where(customization => !Has(Removed, customization) && !IsReplaced(customization))
            .Concat(Added);
        var changed = new Drink(DrinkType ?? own.DrinkType, Size ?? own.Size, customizations);
        return changed.Customizations.Length <= Drink.MaxCustomizations ? changed : null;
    }

    /// <summary>
    /// Customizations of one kind have the same last word: oat milk, soy milk. Of milk a drink has one kind.
    /// </summary>
    internal static string? KindOf(string customization)
    {
        var words = TypedText.Comparable(customization).ToLowerInvariant().Split(' ');
        return words.Length > 1 ? words[^1] : null;
    }

    internal const string Milk = "milk";

    private Drink? New(Menu menu) => DrinkType is null ? null : new Drink(DrinkType, Size ?? menu.UsualSize, Added);

    private bool IsReplaced(string customization) =>
        KindOf(customization) is { } kind
        && (Replaces || kind == Milk)
        && !Has(Added, customization)
        && Added.Any(added => KindOf(added) == kind);

    // The second time the person has the new one already.
    private static bool IsOther(string? expected, string own, string? changed) =>
        expected is not null && !IsSame(expected, own) && !IsSame(changed, own);

    private static bool Has(IReadOnlyList<string> customizations, string customization) =>
        customizations.Contains(customization, StringComparer.OrdinalIgnoreCase);

    private static bool IsSame(string? one, string other) =>
        string.Equals(one, other, StringComparison.OrdinalIgnoreCase);
}
