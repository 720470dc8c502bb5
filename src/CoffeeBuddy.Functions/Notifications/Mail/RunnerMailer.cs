using System.Net.Sockets;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Hosting;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using MimeKit;
using Polly.Timeout;

namespace CoffeeBuddy.Functions.Notifications.Mail;

/// <summary>
/// Sends a runner one e-mail when their message in Slack is overdue. The e-mail is claimed like a Slack message, so
/// that several workers send it once. The message in Slack still follows.
/// </summary>
public sealed partial class RunnerMailer(
    SlackMessages messages,
    RunStore runs,
    UserStore users,
    SmtpRelay relay,
    PersonLanguages languages,
    WorkerMetrics metrics,
    IOptions<EmailOptions> options,
    TimeProvider time,
    ILogger<RunnerMailer> logger
)
{
    private const long Once = 1;

    // Stored where a Slack message has its channel.
    private const string Channel = "email";

    /// <returns>False when the relay cannot be used: the caller should not send more e-mails now.</returns>
    public async Task<bool> TellAsync(UntoldRunner untold, CancellationToken cancellationToken)
    {
        if (
            await runs.GetAsync(untold.RunId, cancellationToken)
                is not { Run: { Status: RunStatus.Active, RunnerUserId: { } runner } } details
            || runner != untold.RunnerUserId
        )
            return true;
        var claim = await messages.ClaimAsync(untold.RunId, untold.Kind, runner, Once, cancellationToken);
        if (claim.State != SlackMessageClaimState.Post)
            return true;

        var people = await users.GetAllAsync(
            [.. details.Orders.Select(order => order.UserId).Append(runner).Distinct()],
            cancellationToken
        );
        if (!MailboxAddress.TryParse(people.GetValueOrDefault(runner)?.Email ?? "", out var to))
        {
            await messages.FailAsync(claim, "no_address", CancellationToken.None);
            metrics.Emailed("no_address");
            Log.NoAddress(logger, untold.Kind, untold.RunId, runner);
            return true;
        }

        using var language = languages.UseOf(runner);
        var mail = RunnerMail.Build(
            untold,
            details,
            people,
            MailboxAddress.Parse(options.Value.From!),
            to,
            time.GetUtcNow()
        );
        return await SendAsync(claim, mail, cancellationToken);
    }

    private async Task<bool> SendAsync(SlackMessageClaim claim, MimeMessage mail, CancellationToken cancellationToken)
    {
        using (mail)
        {
            try
            {
                await relay.SendAsync(mail, cancellationToken);
            }
            catch (SmtpCommandException refused)
                when (refused
                        is {
                            ErrorCode: SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted,
                            StatusCode: >= (SmtpStatusCode)500
                        }
                )
            {
                await messages.FailAsync(claim, $"smtp_{(int)refused.StatusCode}", CancellationToken.None);
                metrics.Emailed("refused");
                Log.Refused(logger, claim.Kind, claim.RunId, claim.Recipient, (int)refused.StatusCode);
                return true;
            }
            catch (SmtpCommandException busy)
                when (busy.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
            {
                // A full mailbox, or greylisting: other mail can be sent.
                await messages.ReleaseAsync(claim, CancellationToken.None);
                metrics.Emailed("failed");
                Log.NotSent(logger, claim.Kind, claim.RunId, Reason(busy));
                return true;
            }
            catch (RelaySilentException silent) when (!cancellationToken.IsCancellationRequested)
            {
                // The relay may have accepted it. Sent once more after the claim has expired, then given up: a slow
                // relay must not fill a mailbox.
                if (claim.AttemptedSince is not null)
                    await messages.FailAsync(claim, "relay_silent", CancellationToken.None);
                metrics.Emailed("unknown");
                Log.PerhapsSent(logger, claim.Kind, claim.RunId, Reason(silent.InnerException!));
                return false;
            }
            catch (Exception exception) when (IsRelayError(exception) && !cancellationToken.IsCancellationRequested)
            {
                await messages.ReleaseAsync(claim, CancellationToken.None);
                metrics.Emailed("failed");
                Log.NotSent(logger, claim.Kind, claim.RunId, Reason(exception));
                return false;
            }
        }

        await messages.CompleteAsync(
            claim,
            Channel,
            time.GetUtcNow().ToUnixTimeSeconds().ToString(),
            CancellationToken.None
        );
        metrics.Emailed("sent");
        Log.Sent(logger, claim.Kind, claim.RunId, claim.Recipient);
        return true;
    }

    private static bool IsRelayError(Exception exception) =>
        exception
            is CommandException
                or ProtocolException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or IOException
                or SocketException
                or TimeoutException
                or TimeoutRejectedException
                or OperationCanceledException;

    // Without the relay's text, which may contain an address.
    private static string Reason(Exception exception) =>
        exception switch
        {
            SmtpCommandException command => $"the relay answered {(int)command.StatusCode}",
            TimeoutRejectedException or OperationCanceledException => "the relay did not answer in time",
            SocketException socket => $"the relay cannot be reached: {socket.SocketErrorCode}",
            SslHandshakeException =>
                "the relay's certificate is not trusted, or the relay does not use the protocol of Email:Tls",
            AuthenticationException => "the relay refuses Email:Username and Email:Password",
            NotSupportedException => "the relay does not support what Email:Tls or Email:Username requires",
            _ => exception.GetType().Name,
        };

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Sent the {Kind} of run {RunId} to {UserId}: the message in Slack is overdue")]
        public static partial void Sent(ILogger logger, string kind, Guid runId, string userId);

        [LoggerMessage(LogLevel.Error, "The {Kind} of run {RunId} was not sent and will be tried again: {Reason}")]
        public static partial void NotSent(ILogger logger, string kind, Guid runId, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The outcome of sending the {Kind} of run {RunId} is unknown: {Reason}. It is sent twice at most"
        )]
        public static partial void PerhapsSent(ILogger logger, string kind, Guid runId, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The {Kind} of run {RunId} cannot be sent: the relay refuses the address of {UserId} with {Status}"
        )]
        public static partial void Refused(ILogger logger, string kind, Guid runId, string userId, int status);

        [LoggerMessage(
            LogLevel.Warning,
            "The {Kind} of run {RunId} cannot be sent: the e-mail address of {UserId} is not known"
        )]
        public static partial void NoAddress(ILogger logger, string kind, Guid runId, string userId);
    }
}
