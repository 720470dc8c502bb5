using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class OrderTextTests
{
    [Theory]
    [InlineData("latte", "Medium Latte")]
    [InlineData("Large latte, oat milk", "Large Latte, Oat milk")]
    [InlineData("flat white with extra shot and sugar!", "Medium Flat White, Extra shot, Sugar")]
    [InlineData("  SMALL   TEA ; ICED. ", "Small Tea, Iced")]
    [InlineData("LATTE WITH OAT MILK", "Medium Latte, Oat milk")]
    [InlineData("espresso + sugar + sugar", "Medium Espresso, Sugar")]
    [InlineData("large\u00a0latte", "Large Latte")]
    [InlineData("\u2003large\u2009flat\u202fwhite,\u3000oat\u00a0milk\u200b", "Large Flat White, Oat milk")]
    public void An_order_is_read_in_the_spelling_of_the_menu(string text, string expected)
    {
        Assert.True(OrderText.TryParse(text, Menu.Default, out var drink));
        Assert.Equal(expected, drink.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("large")]
    [InlineData("I would love a latte")]
    [InlineData("latte with unicorn dust")]
    [InlineData("latte or tea?")]
    [InlineData("huge latte")]
    [InlineData("the latte was great, thanks")]
    public void Other_text_is_conversation(string text) => Assert.False(OrderText.TryParse(text, Menu.Default, out _));

    [Fact]
    public void The_longer_of_two_sizes_with_the_same_beginning_is_read()
    {
        var menu = new Menu(["Latte"], ["Extra", "Extra Large"], []);

        Assert.True(OrderText.TryParse("extra large latte", menu, out var drink));
        Assert.Equal("Extra Large", drink.Size);
    }

    [Theory]
    [InlineData("half-caf")]
    [InlineData("half\u2010caf")]
    [InlineData("half\u2011caf")]
    [InlineData("half\u2013caf")]
    [InlineData("half\u2212caf")]
    public void Every_dash_is_one(string text)
    {
        var menu = new Menu(["Half-caf"], ["Small"], []);

        Assert.True(OrderText.TryParse(text, menu, out var drink));
        Assert.Equal("Half-caf", drink.DrinkType);
    }

    [Fact]
    public void Drinks_that_differ_in_their_kind_of_white_space_are_equal() =>
        Assert.Equal(new Drink("Flat White", "Large"), new Drink("flat\u00a0 white\u2009", "large"));
}
