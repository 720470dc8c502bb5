using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Resources;
using System.Text.RegularExpressions;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class TextsTests
{
    // Places, emoji, commands and addresses.
    private static readonly Regex FixedPart = new(
        @"\{[0-9]+\}|:[a-z_]+:|/coffee[a-z-]*|https?://\S+",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant
    );

    private static readonly Assembly Slack = typeof(TextObject).Assembly;

    public static TheoryData<string, string> Files =>
        [
            .. from file in Slack.GetManifestResourceNames()
            where file.EndsWith(".resources", StringComparison.Ordinal)
            from language in Languages.All
            where language != Languages.English
            select (Path.GetFileNameWithoutExtension(file), language),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_text_is_there_in_every_language(string file, string language)
    {
        var (english, other) = (TextsOf(file, Languages.English), TextsOf(file, language));

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), other.Keys.Order(StringComparer.Ordinal));
        Assert.All(other, text => Assert.False(string.IsNullOrWhiteSpace(text.Value), text.Key));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void A_translation_has_the_places_commands_and_emoji_of_the_text(string file, string language)
    {
        var (english, other) = (TextsOf(file, Languages.English), TextsOf(file, language));

        Assert.All(english, text => Assert.Equal(Fixed(text.Value), Fixed(other[text.Key])));
    }

    [Theory]
    [InlineData("en", "0 orders", "1 order", "2 orders")]
    [InlineData("de", "0 Bestellungen", "1 Bestellung", "2 Bestellungen")]
    [InlineData("fr", "0 commande", "1 commande", "2 commandes")]
    [InlineData("es", "0 pedidos", "1 pedido", "2 pedidos")]
    public void The_plural_is_that_of_the_language(string language, string none, string one, string two)
    {
        using var _ = Languages.Use(language);

        Assert.Equal([none, one, two], new[] { 0, 1, 2 }.Select(Counts.Orders));
    }

    [Theory]
    [InlineData("en", "Friday, 4 December 2026, 14:30", "4 Dec", "1.5")]
    [InlineData("de", "Freitag, 4. Dezember 2026, 14:30", "4. Dez.", "1,5")]
    [InlineData("fr", "vendredi 4 décembre 2026, 14:30", "4 déc.", "1,5")]
    [InlineData("es", "viernes, 4 de diciembre de 2026, 14:30", "4 dic", "1,5")]
    public void Days_and_numbers_are_written_as_in_the_language(string language, string full, string day, string number)
    {
        using var _ = Languages.Use(language);

        Assert.Equal(full, Dates.Long(new(2026, 12, 4, 14, 30, 0, TimeSpan.Zero)));
        Assert.Equal(day, Dates.Short(new(2026, 12, 4)));
        Assert.Equal(number, Dates.Number(1.5, "0.##"));
    }

    [Fact]
    public void Without_a_language_texts_are_English() => Assert.Equal("2 runs", Counts.Runs(2));

    private static Dictionary<string, string> TextsOf(string file, string language) =>
        new ResourceManager(file, Slack)
            // English is in the assembly itself.
            .GetResourceSet(
                language == Languages.English ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(language),
                createIfNotExists: true,
                tryParents: false
            )!
            .Cast<DictionaryEntry>()
            .ToDictionary(text => (string)text.Key, text => (string)text.Value!);

    private static IEnumerable<string> Fixed(string text) =>
        FixedPart.Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);
}
