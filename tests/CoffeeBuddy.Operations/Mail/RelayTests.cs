using System.Collections.Immutable;
using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Operations.Support;
using CoffeeBuddy.Sandbox;
using MailKit.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MimeKit;
using SlackSimulator.Control;

namespace CoffeeBuddy.Operations.Mail;

public sealed class RelayTests(TlsMailOffice office) : IClassFixture<TlsMailOffice>
{
    [Fact]
    public async Task A_relay_with_implicit_TLS_and_without_a_login_gets_the_email()
    {
        await OverdueAsync("Noor", "mail");

        await Eventually.TrueAsync(() => !To("Noor").IsEmpty, "the runner has mail");
        Assert.Equal((true, null), (To("Noor")[0].Secure, To("Noor")[0].User));
    }

    [Fact]
    public async Task A_relay_that_accepts_an_email_without_answering_gets_it_twice_at_most()
    {
        office.Relay.BeSilent("priya@example.com");
        var run = await OverdueAsync("Priya", "no-address");
        await Eventually.TrueAsync(() => To("Priya").Length == 1, "the runner has mail");
        await Eventually.TrueAsync(
            async () => (await office.MetricsAsync()).Has("coffeebuddy_emails_total", "outcome=\"unknown\""),
            "sending has timed out"
        );

        // The claim expires, and the e-mail is sent once more.
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromSeconds(30));
        await Eventually.TrueAsync(() => To("Priya").Length == 2, "it is sent once more");

        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync(
                    "slack_messages WHERE run_id = @run::uuid AND kind = 'runner_email' AND error = 'relay_silent'",
                    new { run }
                ) == 1,
            "the e-mail is given up"
        );
        Assert.Equal(To("Priya")[0].Message.MessageId, To("Priya")[1].Message.MessageId);
    }

    private ImmutableArray<TakenMail> To(string name) =>
        [
            .. office.Relay.Taken.Where(taken =>
                taken.Message.To.Mailboxes.Single().Address == $"{name.ToLowerInvariant()}@example.com"
                && taken.Message.Subject?.StartsWith("You go", StringComparison.Ordinal) == true
            ),
        ];

    /// <summary>One person orders alone and is assigned while Slack is away, until the e-mail is due.</summary>
    private async Task<string> OverdueAsync(string name, string channel)
    {
        var person = office.Act(name);
        office.Sandbox.Slack.Faults.Set([]);
        var run = await office.Api.OpenRunAsync(office.Service(), person.Id, office.Channel(channel));
        (await office.Api.OrderAsync(office.Service(), run, person.Id)).Is(201);
        await Eventually.TrueAsync(
            async () =>
                await office.Rows.CountAsync("users WHERE user_id = @id AND email IS NOT NULL", new { id = person.Id })
                == 1,
            "the address is known"
        );
        office.Sandbox.Slack.Faults.Set([new("*", FaultKind.Error, Status: 503)]);
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));
        await office.RunnerAsync(run);
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));
        return run;
    }

    [Fact]
    public async Task A_relay_with_an_untrusted_certificate_gets_neither_password_nor_email()
    {
        using var certificate = new RelayCertificate();
        await using var relay = await MailRelay.StartAsync(EmailTls.StartTls, certificate, login: true);
        var settings = new Dictionary<string, string?>
        {
            ["Email:Host"] = "127.0.0.1",
            ["Email:Port"] = $"{relay.Port}",
            ["Email:Username"] = MailRelay.User,
            ["Email:Password"] = MailRelay.Password,
            ["Email:From"] = "coffee@example.com",
        };
        await using var services = new ServiceCollection()
            .AddMail(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .BuildServiceProvider();
        var smtp = services.GetRequiredService<SmtpRelay>();
        using var mail = new MimeMessage(
            [MailboxAddress.Parse("coffee@example.com")],
            [MailboxAddress.Parse("noor@example.com")],
            "You go for coffee",
            new TextPart { Text = "One order" }
        );

        await Assert.ThrowsAsync<SslHandshakeException>(() =>
            smtp.SendAsync(mail, TestContext.Current.CancellationToken)
        );

        Assert.Empty(relay.Taken);
    }
}
