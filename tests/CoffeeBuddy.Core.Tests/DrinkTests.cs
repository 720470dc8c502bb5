using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class DrinkTests
{
    [Fact]
    public void Drinks_that_differ_only_in_letter_case_or_order_of_customizations_are_equal()
    {
        var one = new Drink("Latte", "Large", ["Oat milk", "Extra shot"]);
        var other = new Drink("latte", "LARGE", ["extra shot", "oat MILK"]);

        Assert.Equal(one, other);
        Assert.Equal(one.GetHashCode(), other.GetHashCode());
    }

    [Theory]
    [InlineData("Mocha", "Large", "Oat milk")]
    [InlineData("Latte", "Small", "Oat milk")]
    [InlineData("Latte", "Large", "Soy milk")]
    [InlineData("Latte", "Large", null)]
    public void Drinks_that_differ_in_type_size_or_customizations_are_not_equal(
        string drinkType,
        string size,
        string? customization
    ) =>
        Assert.NotEqual(
            new Drink("Latte", "Large", ["Oat milk"]),
            new Drink(drinkType, size, customization is null ? null : [customization])
        );

    [Fact]
    public void Blanks_and_repeated_customizations_are_removed()
    {
        var drink = new Drink(" Latte ", " Large", ["Oat milk ", "", "  ", "oat milk"]);

        Assert.Equal("Large Latte, Oat milk", drink.ToString());
    }

    [Fact]
    public void Customizations_are_in_alphabetical_order() =>
        Assert.Equal("Small Tea, Iced, Sugar", new Drink("Tea", "Small", ["Sugar", "Iced"]).ToString());

    [Fact]
    public void A_drink_is_not_equal_to_null() => Assert.False(new Drink("Tea", "Small").Equals(null));
}
