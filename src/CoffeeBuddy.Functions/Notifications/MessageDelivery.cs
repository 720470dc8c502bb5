using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>A message of a run and where it goes.</summary>
/// <param name="Kind">One of <see cref="MessageKinds"/>.</param>
/// <param name="Recipient">A user id; empty for what goes to the run's channel.</param>
/// <param name="FindChannel">The channel it is posted in, should it have to be.</param>
/// <param name="ThreadTs">The head of the thread it is posted in; null: in the channel itself.</param>
/// <param name="RetryRefused">Whether to try again where Slack has refused it: the app may have been invited since.</param>
public sealed record RunMessage(
    CoffeeRun Run,
    string Kind,
    string Recipient,
    long Version,
    Func<CancellationToken, Task<string>> FindChannel,
    string? ThreadTs,
    SlackMessage Content,
    bool RetryRefused = false
)
{
    public string? TeamId => SlackAnswers.TeamOf(Run.WorkspaceId);

    public MessageTag Tag => new(Run.RunId, Kind, Recipient, Version);
}

/// <summary>
/// Has Slack show one message: claims it in the ledger, posts or updates it, and writes down what came of it. Where nobody
/// knows what came of an earlier attempt, the message is looked for before it is posted again.
/// </summary>
public sealed partial class MessageDelivery(
    SlackMessages ledger,
    SlackClient slack,
    TimeProvider time,
    ILogger<MessageDelivery> logger
)
{
    private const string Post = "chat.postMessage";

    /// <summary>How long a message that Slack has shown is kept in hand for a database that is away: less than a claim lasts.</summary>
    private static readonly TimeSpan KeepInHand = TimeSpan.FromSeconds(15);

    /// <summary>How far our clock and Slack's may be apart.</summary>
    private static readonly TimeSpan ClocksDiffer = TimeSpan.FromMinutes(1);

    /// <returns>Where it is, or null where Slack does not let it be posted.</returns>
    public async Task<PostedMessage?> ShowAsync(RunMessage message, CancellationToken cancellationToken)
    {
        var claim = await ledger.ClaimAsync(
            message.Run.RunId,
            message.Kind,
            message.Recipient,
            message.Version,
            cancellationToken,
            message.RetryRefused
        );
        return claim.State switch
        {
            SlackMessageClaimState.UpToDate => new(claim.ChannelId!, claim.Ts!),
            SlackMessageClaimState.Failed => Known(claim),
            SlackMessageClaimState.Busy => throw new MessageBusyException(claim.RunId, claim.Kind),
            SlackMessageClaimState.Update => await CallAsync(
                claim,
                () =>
                    slack.UpdateMessageAsync(
                        claim.ChannelId!,
                        claim.Ts!,
                        message.Content,
                        message.TeamId,
                        cancellationToken
                    )
            ),
            _ => await CallAsync(claim, () => PostOnceAsync(claim, message, cancellationToken)),
        };
    }

    /// <summary>Confirms an order to the one who placed it, again when it was replaced.</summary>
    /// <param name="head">The head of the run's thread.</param>
    public async Task ConfirmAsync(CoffeeRun run, Order order, PostedMessage head, CancellationToken cancellationToken)
    {
        var claim = await ledger.ClaimAsync(
            run.RunId,
            MessageKinds.Confirmation,
            order.UserId,
            order.CreatedAt.UtcTicks,
            cancellationToken
        );
        if (claim.State is SlackMessageClaimState.UpToDate or SlackMessageClaimState.Failed)
            return;
        if (claim.State == SlackMessageClaimState.Busy)
            throw new MessageBusyException(run.RunId, MessageKinds.Confirmation);
        await CallAsync(
            claim,
            async () =>
            {
                // What only one person sees is in no history to be looked for. Nobody is told twice: the thread's summary shows the order.
                if (claim.AttemptedSince is null)
                    await ConfirmOnceAsync(run, order, head.Channel, cancellationToken);
                // An ephemeral message has no address: the head's stands for it, and a later version is posted anew.
                return head;
            }
        );
    }

    private async Task ConfirmOnceAsync(CoffeeRun run, Order order, string channel, CancellationToken cancellationToken)
    {
        try
        {
            await slack.PostEphemeralAsync(
                channel,
                order.UserId,
                Replies.OrderConfirmation(order),
                null,
                SlackAnswers.TeamOf(run.WorkspaceId),
                cancellationToken
            );
        }
        catch (SlackApiException exception) when (exception.OutcomeUnknown)
        {
            Log.PerhapsConfirmed(logger, run.RunId, exception.Error);
        }
    }

    private async Task<PostedMessage> PostOnceAsync(
        SlackMessageClaim claim,
        RunMessage message,
        CancellationToken cancellationToken
    )
    {
        var channel = await message.FindChannel(cancellationToken);
        if (
            claim.AttemptedSince is not { } since
            || await FindAsync(channel, message, since - ClocksDiffer, cancellationToken) is not { } found
        )
            return await slack.PostMessageAsync(
                channel,
                message.Content,
                message.ThreadTs,
                message.TeamId,
                message.Tag,
                cancellationToken
            );

        Log.Found(logger, claim.Kind, claim.RunId, found.Message.Channel, found.Message.Ts, found.Version);
        return found.Version >= message.Version
            ? found.Message
            : await slack.UpdateMessageAsync(
                found.Message.Channel,
                found.Message.Ts,
                message.Content,
                message.TeamId,
                cancellationToken
            );
    }

    /// <returns>Null where it is not, and where Slack does not let us look.</returns>
    private async Task<FoundMessage?> FindAsync(
        string channel,
        RunMessage message,
        DateTimeOffset since,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await slack.FindMessageAsync(
                channel,
                message.ThreadTs,
                message.Tag,
                since,
                message.TeamId,
                cancellationToken
            );
        }
        catch (SlackApiException exception)
            when (exception.Kind is SlackErrorKind.Permanent or SlackErrorKind.Authentication)
        {
            // Without the history scope, say: a message that may be there twice is better than one that is not there.
            Log.NotLookedFor(logger, message.Kind, message.Run.RunId, exception.Method, exception.Message);
            return null;
        }
    }

    /// <summary>Makes one claimed call, and writes down what came of it.</summary>
    private async Task<PostedMessage?> CallAsync(SlackMessageClaim claim, Func<Task<PostedMessage>> call)
    {
        try
        {
            var posted = await call();
            if (!await WriteDownAsync(claim, posted))
                throw new MessageBusyException(claim.RunId, claim.Kind);
            Log.Shown(logger, claim.Kind, claim.RunId, posted.Channel, posted.Ts, claim.Version);
            return posted;
        }
        catch (SlackApiException exception) when (exception.Kind == SlackErrorKind.Permanent)
        {
            await ledger.FailAsync(claim, exception.Error, CancellationToken.None);
            Log.Impossible(logger, claim.Kind, claim.RunId, exception.Method, exception.Error);
            return Known(claim);
        }
        catch (SlackApiException exception)
            when (exception is { OutcomeUnknown: true, Method: Post, Error: not "timeout" })
        {
            await ledger.LeaveAsync(claim, CancellationToken.None);
            throw;
        }
        catch (SlackApiException exception)
            when (!exception.OutcomeUnknown || exception.Method is not (Post or "chat.update"))
        {
            await ledger.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }
        // What is left, Slack may still be at: the claim keeps everybody else away from it for as long as it lasts.
    }

    /// <summary>Slack has acted: a database that blinks just then must not make it act twice.</summary>
    private async Task<bool> WriteDownAsync(SlackMessageClaim claim, PostedMessage posted)
    {
        for (var started = time.GetTimestamp(); ; )
        {
            try
            {
                return await ledger.CompleteAsync(claim, posted.Channel, posted.Ts, CancellationToken.None);
            }
            catch (DatabaseFailureException unavailable)
                when (time.GetElapsedTime(started) + unavailable.RetryAfter < KeepInHand)
            {
                await Task.Delay(unavailable.RetryAfter, time);
            }
        }
    }

    // Posted once, though it cannot be changed any more, as when somebody deleted it: its thread goes on.
    private static PostedMessage? Known(SlackMessageClaim claim) =>
        claim is { ChannelId: { } channel, Ts: { } ts } ? new(channel, ts) : null;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "Slack shows the {Kind} of run {RunId} in {ChannelId} at {Ts}, version {Version}"
        )]
        public static partial void Shown(
            ILogger logger,
            string kind,
            Guid runId,
            string channelId,
            string ts,
            long version
        );

        [LoggerMessage(LogLevel.Error, "The {Kind} of run {RunId} cannot be shown: {Method} answered {Error}")]
        public static partial void Impossible(ILogger logger, string kind, Guid runId, string method, string error);

        [LoggerMessage(
            LogLevel.Warning,
            "The {Kind} of run {RunId} was posted before, in {ChannelId} at {Ts}, version {Version}: it is not posted again"
        )]
        public static partial void Found(
            ILogger logger,
            string kind,
            Guid runId,
            string channelId,
            string ts,
            long version
        );

        [LoggerMessage(
            LogLevel.Warning,
            "Whether the {Kind} of run {RunId} was posted before cannot be looked up with {Method}, so it is posted: {Reason}"
        )]
        public static partial void NotLookedFor(ILogger logger, string kind, Guid runId, string method, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "An order of run {RunId} was confirmed, or was not: {Error}. It is not confirmed again"
        )]
        public static partial void PerhapsConfirmed(ILogger logger, Guid runId, string error);
    }
}

/// <summary>Another worker is showing the same message at this moment: try again shortly.</summary>
public sealed class MessageBusyException(Guid runId, string kind)
    : Exception($"Another worker is showing the {kind} of run {runId}.");
