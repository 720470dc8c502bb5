using CoffeeBuddy.Core.Security;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;
using Polly.Registry;
using Polly.Timeout;

namespace CoffeeBuddy.Functions.Notifications.Mail;

/// <summary>Sends e-mails through the company's relay, one connection for each: they are rare.</summary>
public sealed class SmtpRelay(
    IOptionsMonitor<EmailOptions> options,
    IOptions<TlsOptions> tls,
    ResiliencePipelineProvider<string> pipelines
)
{
    /// <summary>Name of the resilience pipeline: a timeout of <see cref="EmailOptions.Timeout"/>.</summary>
    public const string Pipeline = "smtp";

    /// <summary>Returns once the relay has accepted the message (250).</summary>
    /// <exception cref="RelaySilentException">The message was sent, and the relay's answer did not arrive.</exception>
    /// <exception cref="TimeoutRejectedException">The relay did not answer in time, before the message was
    /// sent.</exception>
    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken) =>
        await pipelines
            .GetPipeline(Pipeline)
            .ExecuteAsync(async token => await SendOnceAsync(message, token), cancellationToken);

    private async Task SendOnceAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var settings = options.CurrentValue;
        // Revocation lists are mostly on the Internet, which workers cannot reach. HttpClient does not check them
        // either.
        using var client = new SmtpClient
        {
            CheckCertificateRevocation = false,
            SslProtocols = tls.Value.ProtocolsOf(TlsHops.Email),
        };
        await client.ConnectAsync(settings.Host!, settings.Port, SocketOptions(settings.Tls), cancellationToken);
        if (settings.Username is { } username)
            await client.AuthenticateAsync(username, settings.Password!, cancellationToken);
        try
        {
            await client.SendAsync(message, cancellationToken);
        }
        catch (Exception exception) when (exception is not CommandException)
        {
            throw new RelaySilentException(exception);
        }

        // Accepted. Dispose closes the connection without QUIT.
    }

    private static SecureSocketOptions SocketOptions(EmailTls tls) =>
        tls switch
        {
            EmailTls.None => SecureSocketOptions.None,
            EmailTls.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.StartTls,
        };
}

/// <summary>The relay did not answer after the message was sent: it may have accepted it.</summary>
public sealed class RelaySilentException(Exception inner) : Exception(inner.Message, inner);
