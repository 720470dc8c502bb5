using System.Text;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Slack.Texts;

namespace CoffeeBuddy.Slack.Views;

/// <summary>The words of the e-mail to a runner, in plain text.</summary>
public static class RunnerMailText
{
    /// <param name="name">Null: the channel's name is not known.</param>
    public static string Channel(string channelId, string? name) =>
        name is null ? MailTexts.FormatChannel(channelId) : $"#{OneLine(name)}";

    /// <param name="where">The channel.</param>
    public static string Subject(int orderCount, string where, bool isReminder) =>
        isReminder
            ? MailTexts.FormatReminderSubject(Counts.Orders(orderCount), where)
            : MailTexts.FormatSubject(Counts.Orders(orderCount), where);

    /// <param name="nameOf">The name of a person, from the user id.</param>
    /// <param name="where">The channel.</param>
    public static string Body(
        CoffeeRun run,
        IReadOnlyCollection<Order> orders,
        Func<string, string> nameOf,
        string where,
        bool isReminder
    )
    {
        var text = new StringBuilder();
        text.AppendLine(MailTexts.FormatGreeting(Name(run.RunnerUserId!))).AppendLine();
        text.AppendLine(isReminder ? MailTexts.FormatReminderYouGo(where) : MailTexts.FormatYouGo(where)).AppendLine();
        foreach (var drink in orders.GroupBy(order => order.Drink).OrderByDescending(drink => drink.Count()))
        {
            var people = string.Join(", ", drink.Select(Person));
            text.Append("  ").AppendLine(MailTexts.FormatLine(drink.Count(), OneLine(drink.Key.ToString()), people));
            foreach (var order in drink.Where(order => !string.IsNullOrWhiteSpace(order.Note)))
                text.Append("      ").Append(Person(order)).Append(": ").AppendLine(OneLine(order.Note!));
        }
        if (orders.Count == 0)
            text.Append("  ").AppendLine(MailTexts.NothingSoFar);
        return text.AppendLine().AppendLine(MailTexts.Outage).ToString();

        string Person(Order order) =>
            order.Guest is null ? Name(order.UserId) : MailTexts.FormatGuest(Name(order.UserId), OneLine(order.Guest));

        string Name(string userId) => OneLine(nameOf(userId));
    }

    private static string OneLine(string text) => PlainName.Of(text.ReplaceLineEndings(" "));
}
