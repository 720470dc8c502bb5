using CoffeeBuddy.Functions.Mail;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using SlackSimulator.Control;

namespace CoffeeBuddy.Functions.Tests.Mail;

public sealed class RelayTests(TlsMailOffice office) : IClassFixture<TlsMailOffice>
{
    [Fact]
    public async Task A_relay_with_TLS_from_the_first_byte_and_without_a_login_takes_the_mail()
    {
        var noor = office.Act("Noor");
        var run = await office.Api.OpenRunAsync(office.Service(), noor.Id, office.Channel("mail"));
        (await office.Api.OrderAsync(office.Service(), run, noor.Id)).Is(201);
        await Eventually.TrueAsync(async () => await office.Rows.CountAsync("users WHERE user_id = @id AND email IS NOT NULL", new { id = noor.Id }) == 1, "the address is known");
        office.Sandbox.Slack.Faults.Set([new("*", FaultKind.Error, Status: 503)]);
        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));
        await Eventually.TrueAsync(async () => await office.Rows.CountAsync("coffee_runs WHERE run_id = @run::uuid AND runner_user_id IS NOT NULL", new { run }) == 1, "the runner is assigned");

        office.Sandbox.Slack.Clock.Advance(TimeSpan.FromMinutes(5));

        await Eventually.TrueAsync(() => !office.Relay.Taken.IsEmpty, "the runner has mail");
        var taken = office.Relay.Taken.First();
        Assert.Equal(("noor@example.com", true, null), (taken.Message.To.Mailboxes.Single().Address, taken.Secure, taken.User));
    }

    [Fact]
    public async Task A_relay_whose_certificate_nobody_vouches_for_gets_neither_password_nor_mail()
    {
        using var certificate = new RelayCertificate();
        await using var relay = await MailRelay.StartAsync(EmailTls.StartTls, certificate, login: true);
        var smtp = new SmtpRelay(Options.Create(new EmailOptions
        {
            Host = "127.0.0.1", Port = relay.Port, Username = MailRelay.User, Password = MailRelay.Password, From = "coffee@example.com",
        }));
        using var mail = new MimeMessage(
            [MailboxAddress.Parse("coffee@example.com")], [MailboxAddress.Parse("noor@example.com")], "You go for coffee", new TextPart { Text = "One order" });

        await Assert.ThrowsAsync<SslHandshakeException>(() => smtp.SendAsync(mail, TestContext.Current.CancellationToken));

        Assert.Empty(relay.Taken);
    }
}
