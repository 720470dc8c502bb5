using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace CoffeeBuddy.Functions.Notifications.Mail;

/// <summary>Hands e-mails to the company's relay, one connection each: they are rare.</summary>
public sealed class SmtpRelay(IOptions<EmailOptions> options)
{
    /// <summary>Returns once the relay has taken the message on (250).</summary>
    /// <exception cref="RelaySilentException">It has heard of the message, and did not say what came of it.</exception>
    /// <exception cref="OperationCanceledException">Also when the relay did not answer within <see cref="EmailOptions.Timeout"/>.</exception>
    public async Task SendAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var settings = options.Value;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(settings.Timeout);
        // Lists of revoked certificates are mostly out on the Internet, where a company's workers cannot look; HttpClient does not ask either.
        using var client = new SmtpClient { CheckCertificateRevocation = false };
        await client.ConnectAsync(settings.Host!, settings.Port, SocketOptions(settings.Tls), deadline.Token);
        if (settings.Username is { } username)
            await client.AuthenticateAsync(username, settings.Password!, deadline.Token);
        try
        {
            await client.SendAsync(message, deadline.Token);
        }
        catch (Exception exception) when (exception is not CommandException)
        {
            throw new RelaySilentException(exception);
        }

        // The message is the relay's now, and no more words are needed: Dispose hangs up.
    }

    private static SecureSocketOptions SocketOptions(EmailTls tls) =>
        tls switch
        {
            EmailTls.None => SecureSocketOptions.None,
            EmailTls.Tls => SecureSocketOptions.SslOnConnect,
            _ => SecureSocketOptions.StartTls,
        };
}

/// <summary>Whether the relay has taken the message on is not known: its answer did not come.</summary>
public sealed class RelaySilentException(Exception inner) : Exception(inner.Message, inner);
