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

namespace CoffeeBuddy.Functions.Notifications.Mail;

/// <summary>
/// Tells a runner by e-mail what Slack cannot show them, once: the e-mail is claimed in the ledger like a message, so any
/// number of workers send one. It does not take the message's place in Slack, which still follows.
/// </summary>
public sealed partial class RunnerMailer(
    SlackMessages ledger,
    RunStore runs,
    UserStore users,
    SmtpRelay relay,
    WorkerMetrics metrics,
    IOptions<EmailOptions> options,
    TimeProvider time,
    ILogger<RunnerMailer> logger
)
{
    private const long Once = 1;

    // What stands for an e-mail where a message of Slack's has its channel.
    private const string InsteadOfChannel = "email";

    /// <returns>False when the relay did not take it on: there is no point in asking it for more just now.</returns>
    public async Task<bool> TellAsync(UntoldRunner untold, CancellationToken cancellationToken)
    {
        if (
            await runs.GetAsync(untold.RunId, cancellationToken)
                is not { Run: { Status: RunStatus.Active, RunnerUserId: { } runner } } details
            || runner != untold.RunnerUserId
        )
            return true;
        var claim = await ledger.ClaimAsync(untold.RunId, untold.Kind, runner, Once, cancellationToken);
        if (claim.State != SlackMessageClaimState.Post)
            return true;

        var people = await users.GetAllAsync(
            [.. details.Orders.Select(order => order.UserId).Append(runner).Distinct()],
            cancellationToken
        );
        if (!MailboxAddress.TryParse(people.GetValueOrDefault(runner)?.Email ?? "", out var to))
        {
            await ledger.FailAsync(claim, "no_address", CancellationToken.None);
            metrics.Emailed("no_address");
            Log.NoAddress(logger, untold.Kind, untold.RunId, runner);
            return true;
        }

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
                await ledger.FailAsync(claim, $"smtp_{(int)refused.StatusCode}", CancellationToken.None);
                metrics.Emailed("refused");
                Log.Refused(logger, claim.Kind, claim.RunId, claim.Recipient, (int)refused.StatusCode);
                return true;
            }
            catch (SmtpCommandException busy)
                when (busy.ErrorCode is SmtpErrorCode.RecipientNotAccepted or SmtpErrorCode.MessageNotAccepted)
            {
                // A full mailbox, or greylisting: others' mail is not concerned.
                await ledger.ReleaseAsync(claim, CancellationToken.None);
                metrics.Emailed("failed");
                Log.NotSent(logger, claim.Kind, claim.RunId, Reason(busy));
                return true;
            }
            catch (RelaySilentException silent) when (!cancellationToken.IsCancellationRequested)
            {
                // Tried once more when the claim ends, and then no more: nobody's mailbox is filled by a relay that takes mail slowly.
                if (claim.AttemptedSince is not null)
                    await ledger.FailAsync(claim, "relay_silent", CancellationToken.None);
                metrics.Emailed("unknown");
                Log.PerhapsSent(logger, claim.Kind, claim.RunId, Reason(silent.InnerException!));
                return false;
            }
            catch (Exception exception) when (IsRelays(exception) && !cancellationToken.IsCancellationRequested)
            {
                await ledger.ReleaseAsync(claim, CancellationToken.None);
                metrics.Emailed("failed");
                Log.NotSent(logger, claim.Kind, claim.RunId, Reason(exception));
                return false;
            }
        }

        await ledger.CompleteAsync(
            claim,
            InsteadOfChannel,
            time.GetUtcNow().ToUnixTimeSeconds().ToString(),
            CancellationToken.None
        );
        metrics.Emailed("sent");
        Log.Sent(logger, claim.Kind, claim.RunId, claim.Recipient);
        return true;
    }

    private static bool IsRelays(Exception exception) =>
        exception
            is CommandException
                or ProtocolException
                or AuthenticationException
                or SslHandshakeException
                or NotSupportedException
                or IOException
                or SocketException
                or TimeoutException
                or OperationCanceledException;

    // The relay's words may hold an address; its code does not.
    private static string Reason(Exception exception) =>
        exception switch
        {
            SmtpCommandException command => $"the relay answered {(int)command.StatusCode}",
            OperationCanceledException => "the relay did not answer in time",
            SocketException socket => $"the relay cannot be reached: {socket.SocketErrorCode}",
            SslHandshakeException => "the relay's certificate is not trusted, or Email:Tls is not what it speaks",
            AuthenticationException => "the relay refuses Email:Username and Email:Password",
            NotSupportedException => "the relay does not offer what Email:Tls or Email:Username asks for",
            _ => exception.GetType().Name,
        };

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "The {Kind} of run {RunId} went to {UserId}: Slack has not shown it for too long"
        )]
        public static partial void Sent(ILogger logger, string kind, Guid runId, string userId);

        [LoggerMessage(LogLevel.Error, "The {Kind} of run {RunId} was not sent and is tried again: {Reason}")]
        public static partial void NotSent(ILogger logger, string kind, Guid runId, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The {Kind} of run {RunId} was sent, or was not: {Reason}. It is sent twice at most"
        )]
        public static partial void PerhapsSent(ILogger logger, string kind, Guid runId, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The {Kind} of run {RunId} cannot be sent: the relay refuses the address of {UserId} with {Status}"
        )]
        public static partial void Refused(ILogger logger, string kind, Guid runId, string userId, int status);

        [LoggerMessage(
            LogLevel.Warning,
            "The {Kind} of run {RunId} cannot be sent: no e-mail address of {UserId} is known"
        )]
        public static partial void NoAddress(ILogger logger, string kind, Guid runId, string userId);
    }
}
