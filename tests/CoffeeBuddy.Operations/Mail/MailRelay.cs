using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using CoffeeBuddy.Functions.Notifications.Mail;
using MimeKit;
using Support;

namespace CoffeeBuddy.Operations.Mail;

/// <summary>An e-mail that the relay accepted.</summary>
/// <param name="Secure">Whether it came over TLS.</param>
/// <param name="User">The user who had logged in.</param>
public sealed record TakenMail(MimeMessage Message, bool Secure, string? User);

/// <summary>A mail relay on this machine, smtp-server for Node.js, that keeps the e-mails.</summary>
public sealed class MailRelay : IAsyncDisposable
{
    public const string User = "coffee";
    public const string Password = "relay-secret-7351";

    private readonly Process _node;
    private readonly Task _reading;

    private MailRelay(Process node, int port)
    {
        _node = node;
        Port = port;
        _reading = ReadAsync();
    }

    public int Port { get; }

    /// <summary>In order of arrival.</summary>
    public ConcurrentQueue<TakenMail> Taken { get; } = new();

    /// <param name="login">Whether a login is required.</param>
    internal static async Task<MailRelay> StartAsync(EmailTls tls, RelayCertificate certificate, bool login)
    {
        var folder = await NodeFolder.InstallAsync("tests/CoffeeBuddy.Operations/node");
        var node = folder.Run(
            "relay.mjs",
            ("RELAY_TLS", tls.ToString()),
            ("RELAY_CERTIFICATE", certificate.CertificateFile),
            ("RELAY_KEY", certificate.KeyFile),
            ("RELAY_USER", login ? User : null),
            ("RELAY_PASSWORD", login ? Password : null)
        );
        if (await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            return new MailRelay(node, JsonElement.Parse(line).GetProperty("port").GetInt32());
        throw new InvalidOperationException(
            await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken)
        );
    }

    /// <summary>Answers the next e-mails with 451, try again.</summary>
    public void BeBusy(int times) => Tell($"busy {times}");

    /// <summary>Accepts e-mails to this address without answering.</summary>
    public void BeSilent(string address) => Tell($"silent {address}");

    public async ValueTask DisposeAsync()
    {
        _node.StandardInput.Close();
        await _node.WaitForExitAsync(CancellationToken.None);
        await _reading;
        _node.Dispose();
    }

    private void Tell(string what)
    {
        _node.StandardInput.WriteLine(what);
        _node.StandardInput.Flush();
    }

    private async Task ReadAsync()
    {
        while (await _node.StandardOutput.ReadLineAsync(CancellationToken.None) is { } line)
        {
            var taken = JsonElement.Parse(line);
            using var bytes = new MemoryStream(taken.GetProperty("message").GetBytesFromBase64());
            var user = taken.TryGetProperty("user", out var name) ? name.GetString() : null;
            Taken.Enqueue(
                new TakenMail(
                    await MimeMessage.LoadAsync(bytes, CancellationToken.None),
                    taken.GetProperty("secure").GetBoolean(),
                    user
                )
            );
        }
    }
}
