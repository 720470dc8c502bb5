using CoffeeBuddy.Core.Users;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class PlainNameTests
{
    [Theory]
    [InlineData("Noor", "Noor")]
    [InlineData("No\0or\r\n", "Noor")]
    [InlineData("", "")]
    public void A_name_is_kept_without_control_characters(string name, string expected) =>
        Assert.Equal(expected, PlainName.Of(name));
}
