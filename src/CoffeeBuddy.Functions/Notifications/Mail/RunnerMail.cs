using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Slack.Views;
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
        var where = RunnerMailText.Channel(details.Run.ChannelId, untold.ChannelName);
        var isReminder = untold.Kind == MessageKinds.ReminderEmail;
        var message = new MimeMessage
        {
            Subject = RunnerMailText.Subject(details.Orders.Count, where, isReminder),
            Date = now,
            // The same for every attempt: most mailboxes show a mail once that was sent twice.
            MessageId = $"{untold.Kind}.{untold.RunId:N}@{from.Domain}",
            Body = new TextPart("plain")
            {
                Text = RunnerMailText.Body(details.Run, details.Orders, Name, where, isReminder),
            },
        };
        message.From.Add(from);
        message.To.Add(to);
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;

        string Name(string userId) =>
            people.GetValueOrDefault(userId)?.DisplayName is { Length: > 0 } name ? name : userId;
    }
}
