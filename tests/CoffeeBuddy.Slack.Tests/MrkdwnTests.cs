using System.Globalization;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

public sealed class MrkdwnTests
{
    // Signs of mrkdwn, emoji of several code points, right-to-left text, and half a surrogate pair.
    private static readonly string[] Pieces =
    [
        "<!channel>",
        "<@U1>",
        "<https://x|y>",
        "*b* _i_ ~s~ `c` > q",
        "&amp;",
        "👩🏽‍🚀🇩🇪",
        "שלום עולם",
        "\u202Egnp",
        "\n• x\n",
        "\ud83d",
        "é̂̃",
        "a",
        " ",
    ];

    internal static readonly Gen<string> Typed = Gen.OneOf(
        Gen.String,
        Gen.Int[0, Pieces.Length - 1].Select(piece => Pieces[piece]).Array[0, 40].Select(parts => string.Concat(parts))
    );

    [Theory]
    [InlineData(
        "<!channel> <@U1> <#C1> <https://evil.example|here>",
        "&lt;!channel&gt; &lt;@U1&gt; &lt;#C1&gt; &lt;https://evil.example|here&gt;"
    )]
    [InlineData("&lt;!here&gt;", "&amp;lt;!here&amp;gt;")]
    [InlineData("*bold* _italic_ ~gone~ `code`", "∗bold∗ ˍitalicˍ ∼gone∼ ˋcodeˋ")]
    [InlineData(":slightly_smiling_face: snake_case_", ":slightly_smiling_face: snake_caseˍ")]
    [InlineData("see https://x.example/_a_/~me?b=1&c=*d* _now_", "see https://x.example/_a_/~me?b=1&amp;c=∗d∗ ˍnowˍ")]
    [InlineData("  one\n> two\r\n\tthree ", "one &gt; two three")]
    [InlineData("evil\u202Egnp.exe", "evilgnp.exe")]
    [InlineData(null, "")]
    public void Typed_text_is_shown_as_text(string? typed, string expected) =>
        Assert.Equal(expected, Mrkdwn.Escape(typed));

    [Fact]
    public void Escaped_text_is_cut_between_characters_and_not_inside_an_escape()
    {
        Assert.Equal("&amp;&amp;…", Mrkdwn.Escape("&&&&", 12));
        Assert.Equal("&amp;", Mrkdwn.Escape("&", 5));
        Assert.Equal("…", Mrkdwn.Escape("&", 4));
        Assert.Equal("a…", Mrkdwn.Escape("a👩🏽‍🚀b", 5));
    }

    [Fact]
    public void No_typed_text_has_an_effect_or_exceeds_its_length() =>
        Gen.Select(Typed, Gen.Int[1, 300])
            .Sample(
                (typed, maxLength) =>
                {
                    var escaped = Mrkdwn.Escape(typed, maxLength);
                    Assert.InRange(escaped.Length, 0, maxLength);
                    Assert.DoesNotMatch("[<>*`\\n]", escaped);
                    // Marks are left only in addresses, and underscores that follow a letter or digit: they open nothing.
                    var words = string.Join(' ', escaped.Split(' ').Select(WithoutAddress));
                    Assert.DoesNotContain('~', words);
                    Assert.All(
                        Enumerable.Range(0, words.Length).Where(at => words[at] == '_'),
                        at => Assert.True(at > 0 && char.IsLetterOrDigit(words[at - 1]), escaped)
                    );
                    // Each ampersand begins a complete escape.
                    Assert.All(escaped.Split('&').Skip(1), after => Assert.Matches("^(amp|lt|gt);", after));
                }
            );

    private static string WithoutAddress(string word) =>
        word.IndexOf("http", StringComparison.OrdinalIgnoreCase) is var start and >= 0 ? word[..start] : word;

    [Fact]
    public void Text_of_an_event_is_unescaped_to_what_was_typed() =>
        Assert.Equal("tea & <lemon> &lt;", Mrkdwn.Unescape("tea &amp; &lt;lemon&gt; &amp;lt;"));

    [Theory]
    [InlineData("<@UBOT> large latte", "large latte")]
    [InlineData("large latte <@UBOT|coffeebuddy>", "large latte")]
    [InlineData("<@UBOT> <@U1> large latte", "<@UBOT> <@U1> large latte")]
    [InlineData("large latte", "large latte")]
    [InlineData("<@UBOT", "<@UBOT")]
    public void A_single_mention_is_removed(string text, string expected) =>
        Assert.Equal(expected, Mrkdwn.WithoutMention(text));

    [Fact]
    public void Only_a_valid_id_becomes_a_mention()
    {
        Assert.Equal("<@U012AB3CD>", Mrkdwn.User("U012AB3CD"));
        Assert.Equal("<#C1>", Mrkdwn.Channel("C1"));
        Assert.Equal("U1&gt; &lt;!channel", Mrkdwn.User("U1> <!channel"));
    }

    [Fact]
    public void A_time_has_a_fallback_in_UTC() =>
        Assert.Equal(
            "<!date^1772445600^{date_short_pretty} {time}|2026-03-02 10:00 UTC>",
            Mrkdwn.Time(new DateTimeOffset(2026, 3, 2, 11, 0, 0, TimeSpan.FromHours(1)))
        );

    [Theory]
    [InlineData("short", 5, "short")]
    [InlineData("too long", 5, "too…")]
    [InlineData("ab👍cd", 4, "ab…")]
    [InlineData("ab👍🏽", 5, "ab…")]
    [InlineData("👩🏽‍🚀 astronaut", 3, "…")]
    public void Text_is_shortened_between_visible_characters(string text, int maxLength, string expected) =>
        Assert.Equal(expected, Shorten.To(text, maxLength));

    [Fact]
    public void Shortened_text_is_the_beginning_of_the_text_in_complete_characters() =>
        Gen.Select(Typed, Gen.Int[1, 100])
            .Sample(
                (text, maxLength) =>
                {
                    var shortened = Shorten.To(text, maxLength);
                    Assert.InRange(shortened.Length, 0, maxLength);
                    if (shortened == text)
                        return;
                    var kept = shortened[..^1];
                    Assert.EndsWith("…", shortened);
                    Assert.StartsWith(kept, text, StringComparison.Ordinal);
                    // The cut is at the beginning of a visible character, or spaces before it were removed.
                    var starts = StringInfo.ParseCombiningCharacters(text);
                    Assert.True(
                        starts.Contains(kept.Length) || kept.Length == 0 || char.IsWhiteSpace(text[kept.Length])
                    );
                }
            );
}
