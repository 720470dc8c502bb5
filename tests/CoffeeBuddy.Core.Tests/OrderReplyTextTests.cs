using CoffeeBuddy.Core.Orders;
using CsCheck;
using Xunit;

namespace CoffeeBuddy.Core.Tests;

/// <summary>What people write in a run's thread. "Medium Tea, Soy milk" is what the writer has ordered so far.</summary>
public sealed class OrderReplyTextTests
{
    private static readonly Drink Own = new("Tea", "Medium", ["Soy milk"]);

    [Theory]
    [InlineData("large latte, oat milk", "Large Latte, Oat milk")]
    [InlineData("latte", "Medium Latte")]
    [InlineData("a large latte please", "Large Latte")]
    [InlineData("oat flat white", "Medium Flat White, Oat milk")]
    [InlineData("Can I get a large latte with oat milk, please?", "Large Latte, Oat milk")]
    [InlineData("I'd like the mocha, no sugar", "Medium Mocha")]
    [InlineData("make that an oat flat white", "Medium Flat White, Oat milk")]
    [InlineData("Actually, make it a large mocha instead!", "Large Mocha, Soy milk")]
    [InlineData("change my order to a latte", "Medium Latte, Soy milk")]
    [InlineData("a latte instead of a tea", "Medium Latte, Soy milk")]
    [InlineData("actually large please", "Large Tea, Soy milk")]
    [InlineData("large one please 🙏", "Large Tea, Soy milk")]
    [InlineData("LARGE", "Large Tea, Soy milk")]
    [InlineData("large, not medium", "Large Tea, Soy milk")]
    [InlineData("with oat milk instead", "Medium Tea, Oat milk")]
    [InlineData("oat milk instead of soy milk", "Medium Tea, Oat milk")]
    [InlineData("with lactose-free milk", "Medium Tea, Lactose-free milk")]
    [InlineData("no sugar", "Medium Tea, Soy milk")]
    [InlineData("without the soy", "Medium Tea")]
    [InlineData("no soy milk, add sugar", "Medium Tea, Sugar")]
    [InlineData("no soy milk, vanilla syrup", "Medium Tea, Vanilla syrup")]
    [InlineData("and an extra shot", "Medium Tea, Extra shot, Soy milk")]
    [InlineData("same but decaf", "Medium Tea, Decaf, Soy milk")]
    [InlineData("decaf and with oat milk instead", "Medium Tea, Decaf, Oat milk")]
    [InlineData("the same again, but large and with sugar", "Large Tea, Soy milk, Sugar")]
    [InlineData("could you make mine iced?", "Medium Tea, Iced, Soy milk")]
    [InlineData("make\u00a0it *large* \u2013 thank you :pray:", "Large Tea, Soy milk")]
    public void A_reply_changes_what_it_names(string text, string expected)
    {
        var change = Assert.IsType<OrderReply.Change>(Read(text));

        Assert.Equal(expected, change.Drink.ApplyTo(Own, Menu.Default)?.ToString());
    }

    [Theory]
    [InlineData("make that an oat flat white", "Medium Flat White, Oat milk")]
    [InlineData("large latte, no sugar", "Large Latte")]
    [InlineData("actually large please", null)]
    [InlineData("no sugar", null)]
    [InlineData("same but decaf", null)]
    [InlineData("the same but a latte", null)]
    [InlineData("a latte instead of a tea", null)]
    public void Without_an_order_a_reply_has_to_name_a_drink(string text, string? expected)
    {
        var change = Assert.IsType<OrderReply.Change>(Read(text)).Drink;

        Assert.Equal(expected is not null, change.CanBeFirst);
        Assert.Equal(expected, change.ApplyTo(null, Menu.Default)?.ToString());
    }

    [Theory]
    [InlineData("a latte instead of a mocha")]
    [InlineData("small instead of large")]
    public void A_change_of_what_the_writer_does_not_have_does_not_fit(string text) =>
        Assert.Null(Assert.IsType<OrderReply.Change>(Read(text)).Drink.ApplyTo(Own, Menu.Default));

    [Theory]
    [InlineData("cancel my order", true, false)]
    [InlineData(" Cancel my order. ", true, false)]
    [InlineData("could you please cancel my order? thanks", true, false)]
    [InlineData("withdraw mine", true, false)]
    [InlineData("nothing\u00a0for me!", true, false)]
    [InlineData("withdraw", false, false)]
    [InlineData("Nothing", false, false)]
    [InlineData("no coffee", false, false)]
    [InlineData("never mind", false, true)]
    [InlineData("oh, nevermind, thanks!", false, true)]
    public void A_reply_withdraws(string text, bool isOwn, bool isCasual) =>
        Assert.Equal(new OrderReply.Withdrawal(isOwn, isCasual), Read(text));

    [Theory]
    [InlineData("latte or tea", UnclearReason.Several, "Latte", "Tea")]
    [InlineData("latte or tea?", UnclearReason.Several, "Latte", "Tea")]
    [InlineData("a latte and a mocha please", UnclearReason.Several, "Latte", "Mocha")]
    [InlineData("small large latte", UnclearReason.Several, "Small", "Large")]
    [InlineData("latte with oat and soy please", UnclearReason.Several, "Oat milk", "Soy milk")]
    [InlineData("sugar, no sugar", UnclearReason.WithAndWithout, "Sugar")]
    [InlineData("make that a chai", UnclearReason.UnknownWords, "chai")]
    [InlineData("chai", UnclearReason.UnknownWords, "chai")]
    [InlineData("large chai latte", UnclearReason.UnknownWords, "chai")]
    [InlineData("latte with unicorn dust", UnclearReason.UnknownWords, "unicorn", "dust")]
    [InlineData("large capuccino", UnclearReason.UnknownWords, "capuccino")]
    [InlineData("huge latte", UnclearReason.UnknownWords, "huge")]
    [InlineData("two lattes", UnclearReason.UnknownWords, "two", "lattes")]
    [InlineData("large latte for Ben", UnclearReason.UnknownWords, "for", "ben")]
    [InlineData("the latte", UnclearReason.UnknownWords, "the")]
    [InlineData("No, coffee for me!", UnclearReason.UnknownWords, "coffee")]
    [InlineData("no milk", UnclearReason.UnknownWords, "milk")]
    [InlineData("🚫 sugar", UnclearReason.UnknownWords, "🚫")]
    [InlineData("~large~ small", UnclearReason.UnknownWords, "~large~")]
    [InlineData("no sugar and oat milk", UnclearReason.WantedOrNot)]
    [InlineData("without sugar, oat milk", UnclearReason.WantedOrNot)]
    [InlineData("no, sugar", UnclearReason.WantedOrNot)]
    [InlineData("no latte", UnclearReason.WantedOrNot)]
    [InlineData("not large", UnclearReason.WantedOrNot)]
    [InlineData("sugar instead", UnclearReason.ReplacesWhat)]
    [InlineData("latte?", UnclearReason.AskingOrOrdering)]
    [InlineData("withdraw?", UnclearReason.AskingOrWithdrawing)]
    [InlineData("cancel", UnclearReason.WhatToChange)]
    [InlineData("can I still change my order?", UnclearReason.WhatToChange)]
    [InlineData("don't cancel my order", UnclearReason.WhatToChange)]
    public void What_is_about_an_order_and_not_clear_is_asked_back(
        string text,
        UnclearReason reason,
        params string[] words
    )
    {
        var unclear = Assert.IsType<OrderReply.Unclear>(Read(text));

        Assert.Equal(reason, unclear.Reason);
        Assert.Equal(words, unclear.Words);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" , ")]
    [InlineData("thanks!")]
    [InlineData("thanks for the latte")]
    [InlineData("see you at the door")]
    [InlineData("please")]
    [InlineData("no thanks")]
    [InlineData("same")]
    [InlineData("never mind the gap")]
    [InlineData("never mind?")]
    [InlineData("nothing to change")]
    [InlineData("nothing beats a latte")]
    [InlineData("the latte was great, thanks")]
    [InlineData("a latte would be nice, who goes?")]
    [InlineData("I would love a latte")]
    [InlineData("who had the oat milk?")]
    [InlineData("make it quick")]
    [InlineData("hold on")]
    [InlineData("actually I have to leave")]
    [InlineData("I'll walk instead")]
    [InlineData("<@U1> make that a large latte")]
    [InlineData("coffee time")]
    [InlineData("what a nice tea that was and how long ago it is that we went for a walk to get one latte or mocha")]
    public void Conversation_is_left_alone(string text) => Assert.Null(Read(text));

    [Fact]
    public void An_entry_that_is_short_for_two_others_is_not_guessed()
    {
        var menu = new Menu(["Latte"], ["Small"], ["Vanilla milk", "Vanilla syrup"]);

        Assert.IsType<OrderReply.Unclear>(OrderReplyText.Read("latte, vanilla", menu));
    }

    [Fact]
    public void Nothing_makes_it_fail() =>
        Gen.OneOf(Gen.String, Sentences(Gen.OneOf(Words, Gen.String[0, 4])))
            .Sample(text => _ = OrderReplyText.Read(text, Menu.Default), iter: 1000);

    [Fact]
    public void A_word_that_is_not_understood_never_changes_or_withdraws_anything() =>
        Gen.Select(Sentences(Words), Gen.Char["bdfghjkqvwxz"].Array[3, 8], Sentences(Words))
            .Sample(
                (before, unknown, after) =>
                    OrderReplyText.Read($"{before} {new string(unknown)} {after}", Menu.Default)
                        is null
                            or OrderReply.Unclear,
                iter: 1000
            );

    [Fact]
    public void A_change_has_only_what_the_text_names_and_has_no_effect_the_second_time() =>
        Gen.Select(Sentences(Words), Gen.Bool)
            .Sample(
                (text, hasOrder) =>
                {
                    if (OrderReplyText.Read(text, Menu.Default) is not OrderReply.Change { Drink: var change })
                        return true;
                    var own = hasOrder ? Own : null;
                    var once = change.ApplyTo(own, Menu.Default);
                    bool Named(string? entry) =>
                        entry is null
                        || entry == Menu.Default.UsualSize
                        || text.Contains(entry.Split(' ')[0].Split('-')[0], StringComparison.OrdinalIgnoreCase);
                    return Named(change.DrinkType)
                        && Named(change.Size)
                        && change.Added.All(Named)
                        && change.Removed.All(Named)
                        && (once is null || own is null || once.Equals(change.ApplyTo(once, Menu.Default)));
                },
                iter: 1000
            );

    [Fact]
    public void Letter_case_and_white_space_do_not_matter() =>
        Sentences(Words)
            .Sample(
                text =>
                    Shown(OrderReplyText.Read(text, Menu.Default))
                    == Shown(
                        OrderReplyText.Read($"  {text.ToUpperInvariant().Replace(" ", "\u00a0 ")} ", Menu.Default)
                    ),
                iter: 1000
            );

    private static OrderReply? Read(string text) => OrderReplyText.Read(text, Menu.Default);

    private static string? Shown(OrderReply? reply) =>
        reply is OrderReply.Change { Drink: var change }
            ? $"{change.ApplyTo(Own, Menu.Default)}|{change.ApplyTo(null, Menu.Default)}"
            : reply?.ToString();

    private static readonly string[] Known =
    [
        "latte",
        "tea",
        "flat white",
        "small",
        "large",
        "oat",
        "oat milk",
        "soy milk",
        "sugar",
        "decaf",
        "extra shot",
        "no",
        "without",
        "with",
        "and",
        "but",
        "or",
        "instead",
        "instead of",
        ",",
        "make that",
        "make it",
        "change my order to",
        "same",
        "actually",
        "please",
        "a",
        "the",
        "cancel",
        "my order",
        "never mind",
        "withdraw",
        "nothing",
        "for me",
        "thanks",
        "can i have",
        "?",
    ];

    private static readonly Gen<string> Words = Gen.Int[0, Known.Length - 1].Select(index => Known[index]);

    private static Gen<string> Sentences(Gen<string> words) => words.Array[0, 7].Select(all => string.Join(' ', all));
}
