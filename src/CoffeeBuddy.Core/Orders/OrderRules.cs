namespace CoffeeBuddy.Core.Orders;

/// <summary>The fields of an order that a person fills in.</summary>
public enum OrderField
{
    DrinkType,
    Size,
    Customizations,
    Note,

    /// <summary>The name of the guest for whom the order is.</summary>
    Guest,
}

/// <summary>An error in one field, with the text that the person sees.</summary>
public sealed record OrderError(OrderField Field, string Message);

/// <summary>The rules of an order from the form, the thread or the API.</summary>
public static class OrderRules
{
    /// <summary>The number of a person's last different drinks that are offered again.</summary>
    public const int LastDrinks = 3;

    /// <summary>
    /// A second "withdraw" within this time is a double click, made before the first answer was seen.
    /// </summary>
    public static readonly TimeSpan DoubleClick = TimeSpan.FromSeconds(10);

    /// <summary>Checks the fields of an order.</summary>
    /// <returns>All errors at once; empty when the order can be stored.</returns>
    public static IReadOnlyList<OrderError> Validate(
        string? drinkType,
        string? size,
        IReadOnlyList<string>? customizations,
        string? note,
        string? guest = null
    )
    {
        var errors = new List<OrderError>();
        if (string.IsNullOrWhiteSpace(drinkType))
            errors.Add(new(OrderField.DrinkType, "Choose a drink, or type one."));
        else if (drinkType.Trim().Length > Drink.MaxDrinkTypeLength)
            errors.Add(new(OrderField.DrinkType, $"Use at most {Drink.MaxDrinkTypeLength} characters for the drink."));
        else if (HasControlCharacters(drinkType))
            errors.Add(new(OrderField.DrinkType, "Write the drink in one line of text."));

        if (string.IsNullOrWhiteSpace(size))
            errors.Add(new(OrderField.Size, "Choose a size."));
        else if (size.Trim().Length > Drink.MaxSizeLength)
            errors.Add(new(OrderField.Size, $"Use at most {Drink.MaxSizeLength} characters for the size."));
        else if (HasControlCharacters(size))
            errors.Add(new(OrderField.Size, "Write the size in one line of text."));

        if (customizations is { Count: > Drink.MaxCustomizations })
            errors.Add(new(OrderField.Customizations, $"Choose at most {Drink.MaxCustomizations} customizations."));
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
                    $"Use 1 to {Drink.MaxCustomizationLength} characters, in one line, for each customization."
                )
            );

        if (note is not null && note.Trim().Length > Order.MaxNoteLength)
            errors.Add(new(OrderField.Note, $"Use at most {Order.MaxNoteLength} characters for the note."));
        else if (
            note is not null
            && note.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'))
        )
            errors.Add(new(OrderField.Note, "Write the note as plain text."));

        if (guest is not null && guest.Trim().Length > Order.MaxGuestLength)
            errors.Add(new(OrderField.Guest, $"Use at most {Order.MaxGuestLength} characters for the guest's name."));
        else if (guest is not null && HasControlCharacters(guest))
            errors.Add(new(OrderField.Guest, "Write the guest's name in one line of text."));
        return errors;
    }

    // PostgreSQL refuses U+0000, and a line break would break the list in the summary.
    private static bool HasControlCharacters(string text) => text.Any(char.IsControl);
}
