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

public enum OrderFault
{
    Missing,

    /// <summary>More entries than the limit.</summary>
    TooMany,

    /// <summary>Longer than the limit.</summary>
    Length,

    /// <summary>There are control characters in it, or an entry of a list is wrong.</summary>
    NotText,
}

/// <summary>What is wrong in one field of an order.</summary>
public sealed record OrderError(OrderField Field, OrderFault Fault);

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
            errors.Add(new(OrderField.DrinkType, OrderFault.Missing));
        else if (drinkType.Trim().Length > Drink.MaxDrinkTypeLength)
            errors.Add(new(OrderField.DrinkType, OrderFault.Length));
        else if (HasControlCharacters(drinkType))
            errors.Add(new(OrderField.DrinkType, OrderFault.NotText));

        if (string.IsNullOrWhiteSpace(size))
            errors.Add(new(OrderField.Size, OrderFault.Missing));
        else if (size.Trim().Length > Drink.MaxSizeLength)
            errors.Add(new(OrderField.Size, OrderFault.Length));
        else if (HasControlCharacters(size))
            errors.Add(new(OrderField.Size, OrderFault.NotText));

        if (customizations is { Count: > Drink.MaxCustomizations })
            errors.Add(new(OrderField.Customizations, OrderFault.TooMany));
        else if (
            customizations is not null
            && customizations.Any(customization =>
                string.IsNullOrWhiteSpace(customization)
                || customization.Trim().Length > Drink.MaxCustomizationLength
                || HasControlCharacters(customization)
            )
        )
            errors.Add(new(OrderField.Customizations, OrderFault.NotText));

        if (note is not null && note.Trim().Length > Order.MaxNoteLength)
            errors.Add(new(OrderField.Note, OrderFault.Length));
        else if (
            note is not null
            && note.Any(character => char.IsControl(character) && character is not ('\n' or '\r' or '\t'))
        )
            errors.Add(new(OrderField.Note, OrderFault.NotText));

        if (guest is not null && guest.Trim().Length > Order.MaxGuestLength)
            errors.Add(new(OrderField.Guest, OrderFault.Length));
        else if (guest is not null && HasControlCharacters(guest))
            errors.Add(new(OrderField.Guest, OrderFault.NotText));
        return errors;
    }

    // PostgreSQL refuses U+0000, and a line break would break the list in the summary.
    private static bool HasControlCharacters(string text) => text.Any(char.IsControl);
}
