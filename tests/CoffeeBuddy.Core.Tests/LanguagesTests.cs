using System.Globalization;
using CoffeeBuddy.Core.Users;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

public sealed class LanguagesTests
{
    [Theory]
    [InlineData("de-DE", "de")]
    [InlineData("DE", "de")]
    [InlineData("fr_CA", "fr")]
    [InlineData("es-LA", "es")]
    [InlineData("en-GB", "en")]
    [InlineData("it-IT", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    public void A_locale_has_the_language_of_its_first_part(string? locale, string? language) =>
        Assert.Equal(language, Languages.OfLocale(locale));

    [Theory]
    [InlineData("de-DE", true)]
    [InlineData("zh-Hant-TW", true)]
    [InlineData("en_US", true)]
    [InlineData("12345678901234567890", true)]
    [InlineData("123456789012345678901", false)]
    [InlineData("de DE", false)]
    [InlineData("<b>", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_locale_is_short_and_of_letters_and_digits(string? text, bool isLocale) =>
        Assert.Equal(isLocale, Languages.IsLocale(text));

    [Fact]
    public async Task A_scope_lasts_across_awaits_and_ends_with_the_language_of_before()
    {
        using (Languages.Use("de"))
        {
            await Task.Yield();
            using (Languages.Use("fr"))
                Assert.Equal("fr", CultureInfo.CurrentUICulture.Name);
            await Task.Yield();
            Assert.Equal("de", CultureInfo.CurrentUICulture.Name);
        }
        Assert.NotEqual("de", CultureInfo.CurrentUICulture.Name);
    }
}
