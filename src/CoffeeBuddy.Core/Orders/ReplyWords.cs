using System.Globalization;
using System.Text;

namespace CoffeeBuddy.Core.Orders;

/// <summary>The words of a reply, in lower case, and what those mean that are on no menu.</summary>
internal static class ReplyWords
{
    /// <summary>Stands for a comma, a full stop and the like.</summary>
    public const string Pause = ",";

    private const string Pauses = ",;.!?:/()";

    /// <summary>Marks without a meaning for an order. Not <c>~</c>, which strikes text out.</summary>
    private const string Marks = "*_`\"“”";

    /// <summary>Symbols that say nothing about an order. Any other is a word that is not understood.</summary>
    private static readonly HashSet<string> Smileys =
    [
        .. Words(":pray: :coffee: :tea: :thumbsup: :+1: :smile: :slightly_smiling_face: :blush: 🙏 ☕ 🍵 👍 🙂 😊 😀"),
    ];

    /// <summary>May come before what is asked for.</summary>
    public static readonly string[][] Openings = Phrases(
        "actually|please|pls|plz|oh|ah|hm|hmm|um|sorry|hi|hey|hello|ok|okay|yes|yeah|well|wait|so|instead|can you|could you|would you|no wait|on second thought"
    );

    /// <summary>Changes what there is, if "it" stands for the order: "make it", "change my order to".</summary>
    public static readonly string[][] Changes =
    [
        .. from verb in Words("make change switch swap update")
        from what in (string[])["that", "it", "mine", "this", "my order", "my drink", "my coffee"]
        from to in (string[])["", " to", " into", " for"]
        select Words($"{verb} {what}{to}"),
        .. Phrases("change to|switch to|i'd rather have|i would rather have|i'd prefer"),
    ];

    /// <summary>Changes an order that must be there.</summary>
    public static readonly string[][] Sames = Phrases(
        "same|the same|same again|the same again|same as before|the same as before|same order"
    );

    /// <summary>Asks for something.</summary>
    public static readonly string[][] Requests = Phrases(
        "can i have|can i get|could i have|could i get|may i have|i'd like|id like|i would like|i'll have|i will have|i'll take|i want|give me|get me|for me|let me have"
    );

    /// <summary>Asks with a question mark, and is no question.</summary>
    public static readonly string[][] Polite = Phrases("can|could|would|may");

    public static readonly string[][] With = Phrases("with|add|plus|also|but|including|+");
    public static readonly string[][] Without = Phrases("no|without|minus|skip|remove|drop|hold|not");
    public static readonly string[][] InsteadOf = Phrases("instead of|rather than");

    public const string And = "and";
    public const string Or = "or";
    public const string Instead = "instead";
    public const string The = "the";

    /// <summary>Says nothing, at any place.</summary>
    public static readonly HashSet<string> Particles = [.. Words("a an some one size sized please pls plz")];

    /// <summary>May come last.</summary>
    public static readonly string[][] Endings = Phrases(
        "thanks|thank you|thx|ty|cheers|for me|too|now|then|though|sorry|if possible"
    );

    /// <summary>What people drink that is on no menu, or not by this word alone.</summary>
    public static readonly HashSet<string> OffMenu =
    [
        .. Words(
            """
            chai matcha macchiato cortado ristretto lungo frappe frappuccino cocoa chocolate juice water coke cola lemonade
            smoothie milkshake milk almond coconut hazelnut cream syrup honey cinnamon sweetener black double triple single
            stronger weaker bigger smaller larger hotter coffee
            """
        ),
    ];

    /// <summary>Words of conversation: a text with one of them is no order, unless it begins as a change of one.</summary>
    public static readonly HashSet<string> Conversation =
    [
        .. Words(
            """
            i you he she they we us is was are were be been am do does did don't will would can could should have has had
            get got go goes going went come comes coming see saw know think guess like love loved hate great nice good best
            better bad tasty delicious here there who what when where why how which her him his their our your thanks thank
            cheers lol haha left finished gone empty door back soon later tomorrow today minute minutes machine queue bring
            buy take need free anybody anyone somebody someone everybody everyone time it's that's just nothing
            """
        ),
    ];

    private static readonly HashSet<string> OwnWithdrawals =
    [
        .. "cancel my order|cancel mine|cancel my coffee|cancel my drink|withdraw my order|withdraw mine|remove my order|delete my order|drop my order|nothing for me|no coffee for me|count me out|remove me|i don't want anything|scrap my order".Split(
            '|'
        ),
    ];
    private static readonly HashSet<string> Withdrawals = [.. "nothing|none|no coffee|withdraw".Split('|')];
    private static readonly HashSet<string> CasualWithdrawals = [.. "never mind|nevermind|nvm".Split('|')];

    /// <summary>About the writer's order, or the run: only a person can say which.</summary>
    private static readonly HashSet<string> WithoutSaying =
    [
        .. "cancel|cancel it|cancel that|cancel this|cancel order|cancel the order|withdraw it|withdraw that|withdraw the order|change my order|change mine|change my drink|change the order|change it|forget my order|don't cancel my order|can i cancel my order|can i still cancel my order|can i change my order|can i still change my order".Split(
            '|'
        ),
    ];

    private static readonly HashSet<string> Courtesies =
    [
        .. Words(
            "actually please pls plz oh ah hm hmm um sorry hi hey hello ok okay yes yeah well wait thanks thx ty cheers then now"
        ),
    ];

    /// <summary>Reads a text that is about withdrawing or changing an order, and names nothing of the menu.</summary>
    public static OrderReply? ReadWithoutDrink(IReadOnlyList<string> words, bool isQuestion)
    {
        // A pause between words can change what they say: "no, coffee for me".
        var said = string.Join(' ', words.Where(word => !Courtesies.Contains(word)))
            .Replace("thank you", "", StringComparison.Ordinal)
            .Trim(' ', Pause[0]);
        var asked = isQuestion;
        foreach (var polite in (string[])["can you ", "could you ", "would you "])
            if (said.StartsWith(polite, StringComparison.Ordinal))
                (said, asked) = (said[polite.Length..], false);
        OrderReply? read =
            OwnWithdrawals.Contains(said) ? new OrderReply.Withdrawal(IsOwn: true)
            : Withdrawals.Contains(said) ? new OrderReply.Withdrawal(IsOwn: false)
            : CasualWithdrawals.Contains(said) ? new OrderReply.Withdrawal(IsOwn: false, IsCasual: true)
            : WithoutSaying.Contains(said) ? new OrderReply.Unclear(UnclearReason.WhatToChange)
            : null;
        return read switch
        {
            OrderReply.Withdrawal { IsCasual: true } when asked => null,
            OrderReply.Withdrawal when asked => new OrderReply.Unclear(UnclearReason.AskingOrWithdrawing),
            _ => read,
        };
    }

    /// <summary>Splits a text into its words and <see cref="Pause"/>.</summary>
    public static IReadOnlyList<string> Split(string text)
    {
        List<string> words = [];
        foreach (var part in TypedText.Comparable(text).ToLowerInvariant().Replace('’', '\'').Split(' '))
        {
            if (Smileys.Contains(part.Replace("\uFE0F", "", StringComparison.Ordinal)))
                continue;
            var word = new StringBuilder(part.Length);
            foreach (var character in part)
            {
                if (Marks.Contains(character))
                    continue;
                if (!Pauses.Contains(character) && character is not ('-' or '+' or '&'))
                {
                    word.Append(character);
                    continue;
                }
                End(word, words);
                if (Pauses.Contains(character))
                    words.Add(Pause);
                else if (character != '-')
                    words.Add(character == '+' ? "+" : And);
            }
            End(word, words);
        }
        return words;
    }

    private static void End(StringBuilder word, List<string> words)
    {
        if (word.Length > 0)
            words.Add(word.ToString());
        word.Clear();
    }

    /// <summary>The length in words of the longest phrase at this place; 0: none.</summary>
    public static int Match(IReadOnlyList<string> words, int at, string[][] phrases)
    {
        var longest = 0;
        foreach (var phrase in phrases)
            if (phrase.Length > longest && StartsWith(words, at, phrase))
                longest = phrase.Length;
        return longest;
    }

    public static bool StartsWith(IReadOnlyList<string> words, int at, IReadOnlyList<string> phrase)
    {
        if (phrase.Count > words.Count - at)
            return false;
        for (var index = 0; index < phrase.Count; index++)
            if (words[at + index] != phrase[index])
                return false;
        return true;
    }

    private static string[] Words(string text) =>
        text.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string[][] Phrases(string phrases) => [.. phrases.Split('|').Select(Words)];
}
