using System.Collections.Immutable;

namespace CoffeeBuddy.Core.Orders;

/// <summary>
/// A drink as ordered. Two drinks are equal when a barista would make the same: letter case and the order of the
/// customizations do not matter, and white space counts as one space.
/// </summary>
public sealed class Drink : IEquatable<Drink>
{
    /// <summary>Longest drink type in characters: the column is VARCHAR(100).</summary>
    public const int MaxDrinkTypeLength = 100;

    /// <summary>Longest size in characters: the column is VARCHAR(20).</summary>
    public const int MaxSizeLength = 20;

    /// <summary>Most customizations one drink can have: as many as one group of Slack checkboxes holds.</summary>
    public const int MaxCustomizations = 10;

    /// <summary>Longest customization in characters: the text of one Slack option.</summary>
    public const int MaxCustomizationLength = 75;

    public Drink(string drinkType, string size, IEnumerable<string>? customizations = null)
    {
        DrinkType = TypedText.OneSpaced(drinkType);
        Size = TypedText.OneSpaced(size);
        Customizations =
        [
            .. (customizations ?? [])
                .Select(TypedText.OneSpaced)
                .Where(customization => customization.Length > 0)
                .Distinct(StringComparer.OrdinalIgnoreCase)
                .Order(StringComparer.OrdinalIgnoreCase),
        ];
    }

    /// <summary>For example "Latte".</summary>
    public string DrinkType { get; }

    /// <summary>For example "Large".</summary>
    public string Size { get; }

    /// <summary>For example "Oat milk"; sorted, each once.</summary>
    public ImmutableArray<string> Customizations { get; }

    public bool Equals(Drink? other) =>
        other is not null
        && string.Equals(DrinkType, other.DrinkType, StringComparison.OrdinalIgnoreCase)
        && string.Equals(Size, other.Size, StringComparison.OrdinalIgnoreCase)
        && Customizations.SequenceEqual(other.Customizations, StringComparer.OrdinalIgnoreCase);

    public override bool Equals(object? obj) => Equals(obj as Drink);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(DrinkType, StringComparer.OrdinalIgnoreCase);
        hash.Add(Size, StringComparer.OrdinalIgnoreCase);
        foreach (var customization in Customizations)
            hash.Add(customization, StringComparer.OrdinalIgnoreCase);
        return hash.ToHashCode();
    }

    /// <summary>As people say it: "Large Latte, Extra shot, Oat milk".</summary>
    public override string ToString() => string.Join(", ", [$"{Size} {DrinkType}", .. Customizations]);
}
