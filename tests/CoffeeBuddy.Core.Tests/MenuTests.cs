using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Users;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

/// <summary>Which menu applies, what it refuses, its limits, and its text.</summary>
public sealed class MenuTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);

    private static readonly MenuDocument Teas = new(["Green", "Black"], ["Cup", "Pot"], ["Honey"]);
    private static readonly MenuDocument Beans = new(["Espresso", "Latte"], ["Small"], ["Oat milk"], "Beans", null);

    [Fact]
    public void The_channels_menu_comes_before_the_workspaces_and_this_before_the_configured_one()
    {
        Assert.Same(Menu.Default, Of(null, null));
        Assert.Same(Menu.Default, Of(Stored(null), Stored(null)));
        Assert.Equal(Beans.Drinks, Of(null, Stored(Beans)).Drinks);
        Assert.Equal(Beans.Drinks, Of(Stored(null), Stored(Beans)).Drinks);
        Assert.Equal("Beans", Of(Stored(null), Stored(Beans)).Shop?.Name);
        Assert.Equal(Teas.Drinks, Of(Stored(Teas), Stored(Beans)).Drinks);
        Assert.Null(Of(Stored(Teas), Stored(Beans)).Shop);
    }

    [Fact]
    public void What_is_sold_out_is_not_offered_until_the_day_ends_where_the_menu_applies()
    {
        var latte = SoldOut("latte");
        Assert.Equal(["Espresso"], Of(null, Stored(Beans, latte)).OfferedDrinks);
        Assert.Equal(["Espresso", "Latte"], Of(null, Stored(Beans, latte)).Drinks);
        Assert.DoesNotContain("Latte", Of(Stored(null, latte), null).OfferedDrinks);
        Assert.Empty(Of(Stored(null, SoldOut("Espresso")), Stored(Beans, latte)).OfferedDrinks);
        // Another shop.
        Assert.Equal(["Green", "Black"], Of(Stored(Teas), Stored(Beans, SoldOut("Green"))).OfferedDrinks);

        var over = latte with { Until = Now };
        Assert.Equal(["Espresso", "Latte"], Of(null, Stored(Beans, over)).OfferedDrinks);
    }

    [Theory]
    [InlineData("2026-03-02T22:59:00Z", "2026-03-02T23:00:00Z")]
    [InlineData("2026-03-02T23:00:00Z", "2026-03-03T23:00:00Z")]
    // The day on which the clocks are put forward has 23 hours.
    [InlineData("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")]
    public void The_day_ends_at_midnight_of_the_time_zone(string now, string end) =>
        Assert.Equal(
            DateTimeOffset.Parse(end, null),
            Core.Orders.SoldOut.EndOfDay(DateTimeOffset.Parse(now, null), TimeZones.Find("Europe/Berlin", null))
        );

    [Fact]
    public void What_is_sold_out_is_refused_however_it_is_written_unless_the_person_has_it_already()
    {
        var menu = Of(null, Stored(Beans, new SoldOut(["Latte"], ["Oat milk"], Now.AddHours(1))));

        Assert.Null(menu.Refuse(new Drink("Espresso", "Small")));
        Assert.Equal(
            new MenuRefusal(OrderField.DrinkType, "LATTE", IsSoldOut: true),
            menu.Refuse(new Drink(" LATTE ", "Small"))
        );
        Assert.Equal(
            new MenuRefusal(OrderField.Customizations, "Oat\u2010free oat milk", IsSoldOut: true),
            Of(null, Stored(Beans, new SoldOut([], ["Oat-free oat milk"], Now.AddHours(1))))
                .Refuse(new Drink("Espresso", "Small", ["Oat\u2010free oat milk"]))
        );
        var own = new Drink("Latte", "Small");
        Assert.Null(menu.Refuse(new Drink("Latte", "Small", ["Sugar"]), kept: own));
        Assert.NotNull(menu.Refuse(new Drink("Latte", "Small", ["Oat milk"]), kept: own));
    }

    [Fact]
    public void Without_free_text_every_part_must_be_on_the_menu()
    {
        var drink = new Drink("Chai", "Bucket", ["Glitter"]);
        Assert.Null(Of(null, Stored(Beans)).Refuse(drink));
        var menu = Of(null, Stored(Beans with { AllowsFreeText = false }));

        Assert.Equal(new MenuRefusal(OrderField.DrinkType, "Chai", IsSoldOut: false), menu.Refuse(drink));
        Assert.Equal(OrderField.Size, menu.Refuse(new Drink("latte", "Bucket"))?.Field);
        Assert.Equal(OrderField.Customizations, menu.Refuse(new Drink("Latte", "Small", ["Glitter"]))?.Field);
        Assert.Null(menu.Refuse(new Drink("Latte", "small", ["oat milk"])));
        Assert.Null(menu.Refuse(drink, kept: drink));
    }

    [Fact]
    public void A_menu_has_the_limits_of_the_form_and_an_https_link()
    {
        Assert.Empty(MenuRules.Validate(Beans with { ShopLink = "https://beans.example/menu?a=1&b=2" }));
        Assert.Equal(
            [
                new(MenuField.Drinks, MenuFaultKind.TooMany, 99),
                new(MenuField.Sizes, MenuFaultKind.Length, 20, new string('x', 21)),
                new(MenuField.Customizations, MenuFaultKind.NotText, 75, "a\0b"),
                new(MenuField.ShopName, MenuFaultKind.Length, 100, new string('y', 101)),
            ],
            MenuRules.Validate(
                new(
                    [.. Enumerable.Range(0, 100).Select(number => $"Drink {number}")],
                    [new string('x', 21)],
                    ["a\0b"],
                    new string('y', 101)
                )
            )
        );
        Assert.Equal(
            [MenuFaultKind.Missing, MenuFaultKind.Missing, MenuFaultKind.NameMissing],
            MenuRules.Validate(new([], [], [], null, "https://beans.example")).Select(fault => fault.Kind)
        );
    }

    [Theory]
    [InlineData("http://beans.example")]
    [InlineData("javascript:alert(1)")]
    [InlineData("beans.example")]
    [InlineData("https://")]
    [InlineData("https://me:secret@beans.example")]
    [InlineData("https://beans.example/|<!channel>")]
    public void Another_link_is_refused(string link) =>
        Assert.Contains(
            new MenuFault(MenuField.ShopLink, MenuFaultKind.NotHttps),
            MenuRules.Validate(Beans with { ShopLink = link })
        );

    [Fact]
    public void The_text_of_a_menu_is_read_back_as_it_was_also_in_parts()
    {
        var entry = Gen.Char["ab #\\:\n\t,éÄ\u200d☕"].Array[0, 75].Select(characters => new string(characters));
        Gen.Select(entry.List[0, 120], entry.List[0, 12], entry.List[0, 12], entry, Gen.Bool, Gen.Bool)
            .Sample(
                (drinks, sizes, customizations, shop, hasLink, allows) =>
                {
                    var menu = MenuDocument.Typed(
                        drinks,
                        sizes,
                        customizations,
                        shop,
                        hasLink ? "https://x.example" : null,
                        allows
                    );
                    var text = MenuText.Write(menu);
                    var parts = MenuText.Parts(MenuText.Lines(text));

                    Assert.All(parts, part => Assert.InRange(part.Length, 1, MenuText.PartLength));
                    var read = MenuText.Read(string.Join("\r\n\r\n", parts), out var wrongLine);
                    Assert.Null(wrongLine);
                    Assert.Equal(menu.Drinks, read.Drinks);
                    Assert.Equal(menu.Sizes, read.Sizes);
                    Assert.Equal(menu.Customizations, read.Customizations);
                    Assert.Equal(
                        (menu.ShopName, menu.ShopLink, menu.AllowsFreeText),
                        (read.ShopName, read.ShopLink, read.AllowsFreeText)
                    );
                },
                iter: 200
            );
    }

    [Theory]
    [InlineData("Latte\n# Drinks\nTea", "Latte")]
    [InlineData("# Drinks\nTea\n# Prices\n3", "# Prices")]
    [InlineData("# Free text\nperhaps", "perhaps")]
    public void A_line_that_belongs_to_no_part_is_named(string text, string line)
    {
        MenuText.Read(text, out var wrongLine);

        Assert.Equal(line, wrongLine);
    }

    private static StoredMenu Stored(MenuDocument? document, SoldOut? soldOut = null) =>
        new("X1", document, soldOut, 1);

    private static SoldOut SoldOut(string drink) => new([drink], [], Now.AddHours(1));

    private static Menu Of(StoredMenu? channel, StoredMenu? workspace) =>
        Menu.Of(channel, workspace, Menu.Default, Now);
}
