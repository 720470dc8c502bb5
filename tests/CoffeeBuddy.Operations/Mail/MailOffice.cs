using CoffeeBuddy.Functions.Notifications.Mail;
using CoffeeBuddy.Sandbox;
using SlackSimulator;

namespace CoffeeBuddy.Operations.Mail;

/// <summary>A sandbox with one worker and a mail relay.</summary>
public abstract class MailOffice(EmailTls tls, bool login, TimeSpan? timeout = null)
    : Office(
        InOneWorker(
            new SandboxOptions
            {
                Slack = new SimulatorOptions { RateLimits = false, Channels = [new("mail"), new("no-address")] },
            }
        )
    )
{
    private readonly RelayCertificate _certificate = new();

    public MailRelay Relay { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        Relay = await MailRelay.StartAsync(tls, _certificate, login);
        Options = Options with
        {
            Settings = new Dictionary<string, string?>
            {
                ["Sweep__Schedule"] = "* * * * * *",
                ["Email__Host"] = "127.0.0.1",
                ["Email__Port"] = $"{Relay.Port}",
                ["Email__Tls"] = $"{tls}",
                ["Email__Username"] = login ? MailRelay.User : null,
                ["Email__Password"] = login ? MailRelay.Password : null,
                ["Email__From"] = "CoffeeBuddy <coffee@example.com>",
                ["Email__After"] = "00:05:00",
                ["Email__Timeout"] = $"{timeout ?? TimeSpan.FromSeconds(15):c}",
                // The CA certificates that the worker trusts.
                ["SSL_CERT_FILE"] = _certificate.AuthorityFile,
            },
        };
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Relay is not null)
            await Relay.DisposeAsync();
        _certificate.Dispose();
        GC.SuppressFinalize(this);
    }
}

/// <summary>A sandbox with a mail relay that requires STARTTLS and a login.</summary>
public sealed class StartTlsMailOffice() : MailOffice(EmailTls.StartTls, login: true);

/// <summary>A sandbox with a mail relay that uses implicit TLS and needs no login.</summary>
public sealed class TlsMailOffice() : MailOffice(EmailTls.Tls, login: false, TimeSpan.FromSeconds(4));
