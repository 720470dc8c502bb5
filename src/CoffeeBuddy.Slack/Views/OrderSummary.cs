using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>All orders of a run for the runner: equal drinks together, each with the people who ordered it.</summary>
internal static class OrderSummary
{
    // The maximum lengths of a drink and a note, in characters. The first pair with which all lines fit is used.
    private static readonly (int Drink, int Note)[] Lengths = [(1000, 1000), (300, 250), (120, 80), (70, 40)];

    private const int MentionsLength = 1500;
    private const int NotesLength = 1200;

    // A line must fit into one section. Notes get the room that the drink and the people leave.
    private const int LineLength = LinePacker.SectionLength - 100;

    public static IReadOnlyList<Block> Blocks(IReadOnlyCollection<Order> orders)
    {
        if (orders.Count == 0)
            return [new SectionBlock(TextObject.Mrkdwn(ListTexts.NoOrders))];
        var lines =
            Lengths
                .Select(length => Lines(orders, length.Drink, length.Note))
                .FirstOrDefault(lines => lines.Sum(line => line.Length + 1) <= LinePacker.MessageLength - 100)
            ?? Lines(orders, Lengths[^1].Drink, Lengths[^1].Note);
        return LinePacker.Pack(lines, "\n");
    }

    /// <summary>In a few words, for notifications: "3 × Large Latte, 1 × Small Tea".</summary>
    public static string InWords(IReadOnlyCollection<Order> orders, int maxLength = 500) =>
        orders.Count == 0
            ? ListTexts.NoOrdersInWords
            : LinePacker.Join(
                [.. Groups(orders).Select(group => $"{group.Count()} × {Mrkdwn.Escape(group.Key.ToString(), 100)}")],
                ", ",
                maxLength
            );

    private static List<string> Lines(IReadOnlyCollection<Order> orders, int drinkLength, int noteLength) =>
        [.. Groups(orders).Select(group => Line(group, drinkLength, noteLength))];

    private static string Line(IGrouping<Drink, Order> group, int drinkLength, int noteLength)
    {
        var drink = $"*{group.Count()} ×* {Mrkdwn.Escape(group.Key.ToString(), drinkLength)} — ";
        var people = LinePacker.Join([.. group.Select(Person)], " ", MentionsLength);
        var notes = group
            .Where(order => !string.IsNullOrWhiteSpace(order.Note))
            .Select(order => $"\n      :memo: {Person(order)}: {Mrkdwn.Escape(order.Note, noteLength)}")
            .ToList();
        return $"{drink}{people}{LinePacker.Join(notes, "", Math.Min(NotesLength, LineLength - drink.Length - people.Length))}";
    }

    internal static string Person(Order order) =>
        order.Guest is null
            ? Mrkdwn.User(order.UserId)
            : ListTexts.FormatPersonsGuest(Mrkdwn.User(order.UserId), Mrkdwn.Escape(order.Guest, Order.MaxGuestLength));

    private static IEnumerable<IGrouping<Drink, Order>> Groups(IEnumerable<Order> orders) =>
        orders
            .OrderBy(order => order.CreatedAt)
            .ThenBy(order => order.UserId, StringComparer.Ordinal)
            .GroupBy(order => order.Drink)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key.ToString(), StringComparer.OrdinalIgnoreCase);
}
