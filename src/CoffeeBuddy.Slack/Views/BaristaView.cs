using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>What to order at the counter, as plain text that can be copied, and below it who gets what.</summary>
public static class BaristaView
{
    // The longest drink and note in characters. The first pair with which all lines fit is used.
    private static readonly (int Drink, int Note)[] Lengths = [(1000, 200), (300, 100), (120, 60), (70, 30)];

    private const int TextLength = 9000;

    // Slack documents no limit for preformatted text; sections have this one.
    private const int BlockLength = LinePacker.SectionLength;

    public static View Build(IReadOnlyCollection<Order> orders, Menu menu)
    {
        var lines = BaristaList.Of(orders, menu);
        var drinks = Counts.Drinks(orders.Count);
        var counted = lines.Count == 1 ? drinks : ListTexts.FormatBaristaDifferent(drinks, lines.Count);
        List<Block> blocks = [new SectionBlock(TextObject.Mrkdwn($"*{counted}*"))];
        if (orders.Count > 0)
        {
            blocks.AddRange(Plain(lines).Select(text => new RichTextBlock(text)));
            blocks.Add(new SectionBlock(TextObject.Mrkdwn(ListTexts.WhoGetsWhat)));
            blocks.AddRange(LinePacker.Pack(People(lines), "\n"));
        }
        return new(View.Modal, blocks)
        {
            Title = TextObject.Plain(ListTexts.BaristaTitle, 24),
            Close = TextObject.Plain(ListTexts.Close, 24),
        };
    }

    /// <summary>The lines for the barista, in as few texts as the limit of a block allows.</summary>
    private static List<string> Plain(IReadOnlyList<BaristaLine> lines)
    {
        var texts =
            Lengths
                .Select(length => lines.Select(line => Plain(line, length.Drink, length.Note)).ToList())
                .FirstOrDefault(fitting => fitting.Sum(text => text.Length + 1) <= TextLength)
            ?? [.. lines.Select(line => Plain(line, Lengths[^1].Drink, noteLength: 0))];
        List<string> packed = [];
        foreach (var text in texts)
        {
            if (packed.Count > 0 && packed[^1].Length + 1 + text.Length <= BlockLength)
                packed[^1] = $"{packed[^1]}\n{text}";
            else
                packed.Add(Shorten.To(text, BlockLength));
        }
        return packed;
    }

    private static string Plain(BaristaLine line, int drinkLength, int noteLength)
    {
        var notes = line
            .Orders.Where(order => noteLength > 0 && !string.IsNullOrWhiteSpace(order.Note))
            .Select(order => $"\n    1 x {Shorten.To(OneLine(order.Note!), noteLength)}");
        return $"{line.Orders.Count} x {Shorten.To(line.Drink, drinkLength)}{string.Concat(notes)}";
    }

    private static List<string> People(IReadOnlyList<BaristaLine> lines) =>
        [
            .. lines.SelectMany(line =>
                line.Orders.Select(order => $"{OrderSummary.Person(order)} — {Mrkdwn.Escape(line.Drink, 100)}")
            ),
        ];

    private static string OneLine(string text) =>
        string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
