using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class OrderRulesTests
{
    public static TheoryData<OrderField, string?, string?, string[]?, string?> Faults =>
        new()
        {
            { OrderField.DrinkType, null, "Large", null, null },
            { OrderField.DrinkType, "  ", "Large", null, null },
            { OrderField.DrinkType, new string('a', 101), "Large", null, null },
            { OrderField.DrinkType, "Lat\nte", "Large", null, null },
            { OrderField.DrinkType, "Latte\0", "Large", null, null },
            { OrderField.Size, "Latte", null, null, null },
            { OrderField.Size, "Latte", " ", null, null },
            { OrderField.Size, "Latte", new string('a', 21), null, null },
            { OrderField.Size, "Latte", "La\trge", null, null },
            {
                OrderField.Customizations,
                "Latte",
                "Large",
                [.. Enumerable.Range(0, 11).Select(number => $"c{number}")],
                null
            },
            { OrderField.Customizations, "Latte", "Large", [""], null },
            { OrderField.Customizations, "Latte", "Large", [new string('a', 76)], null },
            { OrderField.Customizations, "Latte", "Large", ["Oat\r\nmilk"], null },
            { OrderField.Note, "Latte", "Large", null, new string('a', 201) },
            { OrderField.Note, "Latte", "Large", null, "null\0" },
        };

    [Theory]
    [MemberData(nameof(Faults))]
    public void A_value_that_cannot_be_stored_is_an_error_of_its_field(
        OrderField field,
        string? drinkType,
        string? size,
        string[]? customizations,
        string? note
    )
    {
        var error = Assert.Single(OrderRules.Validate(drinkType, size, customizations, note));

        Assert.Equal(field, error.Field);
    }

    [Fact]
    public void An_order_with_every_field_at_its_limit_is_valid() =>
        Assert.Empty(
            OrderRules.Validate(
                $" {new string('d', 100)} ",
                new string('s', 20),
                [.. Enumerable.Range(0, 10).Select(number => new string((char)('a' + number), 75))],
                new string('n', 199) + "\n"
            )
        );

    [Fact]
    public void All_errors_are_returned_at_once() =>
        Assert.Equal(
            [OrderField.DrinkType, OrderField.Size, OrderField.Customizations, OrderField.Note],
            OrderRules.Validate("", "", [" "], new string('n', 201)).Select(error => error.Field)
        );
}
