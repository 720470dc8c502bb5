using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class DrinkTests
{
    [Fact]
    public void Letter_case_and_the_order_of_customizations_make_no_other_drink()
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
    public void Another_type_size_or_customization_makes_another_drink(
        string drinkType,
        string size,
        string? customization
    ) =>
        Assert.NotEqual(
            new Drink("Latte", "Large", ["Oat milk"]),
            new Drink(drinkType, size, customization is null ? null : [customization])
        );

    [Fact]
    public void Blanks_and_what_is_said_twice_are_dropped()
    {
        var drink = new Drink(" Latte ", " Large", ["Oat milk ", "", "  ", "oat milk"]);

        Assert.Equal("Large Latte, Oat milk", drink.ToString());
    }

    [Fact]
    public void Customizations_are_named_in_alphabetical_order() =>
        Assert.Equal("Small Tea, Iced, Sugar", new Drink("Tea", "Small", ["Sugar", "Iced"]).ToString());

    [Fact]
    public void A_drink_is_not_equal_to_nothing() => Assert.False(new Drink("Tea", "Small").Equals(null));
}
