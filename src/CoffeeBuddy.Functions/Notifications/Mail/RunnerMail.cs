using System.Globalization;
using System.Text;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using MimeKit;

namespace CoffeeBuddy.Functions.Notifications.Mail;

/// <summary>The e-mail to a runner, in plain text.</summary>
public static class RunnerMail
{
    public static MimeMessage Build(
        UntoldRunner untold,
        RunDetails details,
        IReadOnlyDictionary<string, UserProfile> people,
        MailboxAddress from,
        MailboxAddress to,
        DateTimeOffset now
    )
    {
        var where = untold.ChannelName is null ? $"channel {details.Run.ChannelId}" : $"#{OneLine(untold.ChannelName)}";
        var orders = details.Orders.Count == 1 ? "1 order" : $"{details.Orders.Count} orders";
        var isReminder = untold.Kind == MessageKinds.ReminderEmail;
        var message = new MimeMessage
        {
            Subject = isReminder
                ? $"Reminder: {orders} from {where} to bring"
                : $"You go for coffee: {orders} from {where}",
            Date = now,
            // The same for every attempt: most mailboxes show a mail once that was sent twice.
            MessageId = $"{untold.Kind}.{untold.RunId:N}@{from.Domain}",
            Body = new TextPart("plain") { Text = Text(details, people, where, isReminder) },
        };
        message.From.Add(from);
        message.To.Add(to);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }

    private static string Text(
        RunDetails details,
        IReadOnlyDictionary<string, UserProfile> people,
        string where,
        bool isReminder
    )
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Hello {Name(details.Run.RunnerUserId!)},").AppendLine();
        text.AppendLine(
                CultureInfo.InvariantCulture,
                $"{(isReminder ? "a reminder: you" : "you")} are the runner of the coffee run in {where}. Please bring:"
            )
            .AppendLine();
        foreach (var drink in details.Orders.GroupBy(order => order.Drink).OrderByDescending(drink => drink.Count()))
        {
            text.AppendLine(
                CultureInfo.InvariantCulture,
                $"  {drink.Count()} x {OneLine(drink.Key.ToString())}, for {string.Join(", ", drink.Select(Person))}"
            );
            foreach (var order in drink.Where(order => !string.IsNullOrWhiteSpace(order.Note)))
                text.AppendLine(CultureInfo.InvariantCulture, $"      {Person(order)}: {OneLine(order.Note!)}");
        }

        string Person(Order order) =>
            order.Guest is null ? Name(order.UserId) : $"{Name(order.UserId)} (guest {OneLine(order.Guest)})";

        if (details.Orders.Count == 0)
            text.AppendLine("  Nothing so far.");
        return text.AppendLine()
            .AppendLine(
                "This comes by e-mail because Slack cannot be reached at the moment. Your message in Slack follows as soon as"
            )
            .AppendLine(
                "it is back, with any orders that come in until then; marking the run complete works then, too."
            )
            .ToString();

        string Name(string userId) =>
            people.GetValueOrDefault(userId)?.DisplayName is { Length: > 0 } name ? OneLine(name) : userId;
    }

    private static string OneLine(string text) => PlainName.Of(text.ReplaceLineEndings(" "));
}
