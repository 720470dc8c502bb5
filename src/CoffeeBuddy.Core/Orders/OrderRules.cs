using CoffeeBuddy.Core.Runs;

namespace CoffeeBuddy.Core.Orders;

/// <summary>The parts of an order that a person fills in.</summary>
public enum OrderField
{
    DrinkType,
    Size,
    Customizations,
    Note,
}

/// <summary>What is wrong with one field, in words for the person who typed it.</summary>
public sealed record OrderError(OrderField Field, string Message);

/// <summary>What an order must be, wherever it comes from: the form, the thread or the API.</summary>
public static class OrderRules
{
    /// <summary>The number of a person's last different drinks that are offered again.</summary>
    public const int LastDrinks = 3;

    /// <summary>A second "withdraw" within this time is a double click, made before the first answer was seen.</summary>
    public static readonly TimeSpan DoubleClick = TimeSpan.FromSeconds(10);

    /// <summary>All faults at once; empty when the order can be stored.</summary>
    public static IReadOnlyList<OrderError> Validate(
        string? drinkType,
        string? size,
        IReadOnlyList<string>? customizations,
        string? note
    )
    {
        var errors = new List<OrderError>();
        if (string.IsNullOrWhiteSpace(drinkType))
            errors.Add(new(OrderField.DrinkType, "Choose a drink, or type one."));
        else if (drinkType.Trim().Length > Drink.MaxDrinkTypeLength)
            errors.Add(new(OrderField.DrinkType, $"A drink has at most {Drink.MaxDrinkTypeLength} characters."));
        else if (HasControlCharacters(drinkType))
            errors.Add(new(OrderField.DrinkType, "A drink is one line of text."));

        if (string.IsNullOrWhiteSpace(size))
            errors.Add(new(OrderField.Size, "Choose a size."));
        else if (size.Trim().Length > Drink.MaxSizeLength)
            errors.Add(new(OrderField.Size, $"A size has at most {Drink.MaxSizeLength} characters."));
        else if (HasControlCharacters(size))
            errors.Add(new(OrderField.Size, "A size is one line of text."));

        if (customizations is { Count: > Drink.MaxCustomizations })
            errors.Add(
                new(OrderField.Customizations, $"A drink has at most {Drink.MaxCustomizations} customizations.")
            );
        else if (
            customizations is not null
            && customizations.Any(customization =>
                string.IsNullOrWhiteSpace(customization)
                || customization.Trim().Length > Drink.MaxCustomizationLength
                || HasControlCharacters(customization)
            )
        )
            errors.Add(
                new(
                    OrderField.Customizations,
                    $"A customization has 1 to {Drink.MaxCustomizationLength} characters, on one line."
                )
            );

        if (note is not null && note.Trim().Length > Order.MaxNoteLength)
            errors.Add(new(OrderField.Note, $"A note has at most {Order.MaxNoteLength} characters."));
        else if (
            note is not null
            && note.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'))
        )
            errors.Add(new(OrderField.Note, "A note is plain text."));
        return errors;
    }

    // PostgreSQL refuses U+0000, and a line break would tear the summary apart.
    private static bool HasControlCharacters(string text) => text.Any(char.IsControl);
}
