using CoffeeBuddy.Core.Orders;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class BaristaListTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 2, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Equal_drinks_are_one_line_and_everything_is_in_the_order_of_the_menu()
    {
        Order[] orders =
        [
            Order("U1", new("Tea", "Large")),
            Order("U2", new("Chai", "Small")),
            Order("U3", new("Latte", "Large", ["Decaf", "Pumpkin", "Oat milk"])),
            Order("U4", new("Latte", "Small")),
            Order("U5", new("latte", "LARGE", ["oat milk", "pumpkin", "decaf"])),
            Order("U6", new("Latte", "Large")),
            Order("U7", new("Espresso", "Small")),
        ];

        Assert.Equal(
            [
                "1 x Small Espresso",
                "1 x Small Latte",
                "1 x Large Latte",
                "2 x Large Latte, Oat milk, Decaf, Pumpkin",
                "1 x Large Tea",
                "1 x Small Chai",
            ],
            BaristaList.Of(orders, Menu.Default).Select(line => $"{line.Orders.Count} x {line.Drink}")
        );
    }

    private static Order Order(string user, Drink drink) =>
        new(Guid.NewGuid(), Guid.Empty, user, drink, Note: null, Now.AddSeconds(user[1]));
}
