using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Notifications;

/// <summary>Whether to try again what Slack has refused before: the app may have been invited since.</summary>
public enum RetryRefused
{
    No,

    /// <summary>Not in a channel that has refused several messages within a few minutes.</summary>
    Seldom,
    Yes,
}

/// <summary>A message of a run, or of a planned run, and its destination.</summary>
/// <param name="Kind">One of <see cref="MessageKinds"/>.</param>
/// <param name="Recipient">A user id; empty for a message to the run's channel.</param>
/// <param name="FindChannel">Finds the channel to post in; called only when the message is posted.</param>
/// <param name="ThreadTs">The announcement, for a message in its thread; null: in the channel itself.</param>
/// <param name="Content">Makes the message. Called in the language of the recipient; where everybody sees the message,
/// in the office's.</param>
public sealed record RunMessage(
    IRunReference Run,
    string Kind,
    string Recipient,
    long Version,
    Func<CancellationToken, Task<string>> FindChannel,
    string? ThreadTs,
    Func<SlackMessage> Content,
    RetryRefused RetryRefused = RetryRefused.No
)
{
    public MessageTag Tag => new(Run.RunId, Kind, Recipient, Version);
}

/// <summary>
/// Shows one message in Slack: claims it, posts or updates it, and stores the result. When the outcome of an earlier
/// attempt is unknown, the message is searched for before it is posted again.
/// </summary>
public sealed partial class MessageDelivery(
    SlackMessages messages,
    SlackClient slack,
    PersonLanguages languages,
    TimeProvider time,
    ILogger<MessageDelivery> logger
)
{
    /// <summary>Largest assumed difference between the worker's clock and Slack's.</summary>
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(1);

    /// <summary>A channel that has refused so many messages is not asked again before the oldest is ten minutes old.</summary>
    private readonly SlidingLimit _refusals = new(time, limit: 3, TimeSpan.FromMinutes(10));

    /// <returns>Null where Slack refuses the message and it was never posted.</returns>
    /// <exception cref="MessageBusyException">Another worker has claimed the message.</exception>
    public async Task<PostedMessage?> ShowAsync(RunMessage message, CancellationToken cancellationToken)
    {
        var claim = await messages.ClaimAsync(
            message.Run.RunId,
            message.Kind,
            message.Recipient,
            message.Version,
            cancellationToken,
            message.RetryRefused switch
            {
                RetryRefused.Yes => true,
                RetryRefused.Seldom => !_refusals.IsFull(message.Run.ChannelId),
                _ => false,
            }
        );
        if (claim.State is SlackMessageClaimState.Post or SlackMessageClaimState.Update)
            return await ShowAsync(claim, message, cancellationToken);
        return claim.State switch
        {
            SlackMessageClaimState.UpToDate => new(claim.ChannelId!, claim.Ts!),
            SlackMessageClaimState.Failed => Known(claim),
            _ => throw new MessageBusyException(claim.RunId, claim.Kind),
        };
    }

    private async Task<PostedMessage?> ShowAsync(
        SlackMessageClaim claim,
        RunMessage message,
        CancellationToken cancellationToken
    )
    {
        var content = Write(claim, message);
        var shown = await CallAsync(
            claim,
            () =>
                claim.State == SlackMessageClaimState.Post
                    ? PostOnceAsync(claim, message, content, cancellationToken)
                    : slack.UpdateMessageAsync(
                        claim.ChannelId!,
                        claim.Ts!,
                        content,
                        message.Run.WorkspaceId,
                        cancellationToken
                    )
        );
        if (shown is null && message.Recipient.Length == 0)
            _refusals.Take(message.Run.ChannelId);
        return shown;
    }

    /// <summary>Writes the content in the language of those who see it.</summary>
    private SlackMessage Write(SlackMessageClaim claim, RunMessage message)
    {
        var everybodySees =
            message.Recipient.Length == 0 || message.ThreadTs is not null || claim.ChannelId == message.Run.ChannelId;
        using var language = everybodySees ? languages.UseOffices() : languages.UseOf(message.Recipient);
        return message.Content();
    }

    /// <summary>Shows an ephemeral message, which only one person sees.</summary>
    /// <param name="kind">One of <see cref="MessageKinds"/>.</param>
    /// <param name="inThread">Whether it is an answer in the run's thread. Each is tried, whatever became of the one
    /// before.</param>
    /// <param name="content">Called in the language of the person.</param>
    /// <returns>False where Slack refuses it.</returns>
    public async Task<bool> ShowToPersonAsync(
        CoffeeRun run,
        string kind,
        string userId,
        long version,
        Func<SlackMessage> content,
        PostedMessage announcement,
        bool inThread,
        CancellationToken cancellationToken
    )
    {
        var claim = await messages.ClaimAsync(
            run.RunId,
            kind,
            userId,
            version,
            cancellationToken,
            retryRefused: inThread
        );
        switch (claim.State)
        {
            case SlackMessageClaimState.UpToDate:
                return true;
            case SlackMessageClaimState.Failed:
                return false;
            case SlackMessageClaimState.Busy:
                throw new MessageBusyException(run.RunId, kind);
        }
        var shown = false;
        await CallAsync(
            claim,
            async () =>
            {
                // An ephemeral message is in no history. After an unknown outcome it is not sent again: the summary
                // shows the order.
                if (claim.AttemptedSince is null)
                    await ShowToPersonOnceAsync(
                        run,
                        kind,
                        userId,
                        Write(userId, content),
                        announcement.Channel,
                        inThread ? announcement.Ts : null
                    );
                shown = true;
                // An ephemeral message has no id. The announcement's is stored in its place.
                return announcement;
            }
        );
        return shown;
    }

    private SlackMessage Write(string userId, Func<SlackMessage> content)
    {
        using var language = languages.UseOf(userId);
        return content();
    }

    /// <summary>
    /// Not cancelled, because it would not be sent again: a worker whose partitions are given to others while Slack is
    /// slow finishes the call, which has a time limit of its own.
    /// </summary>
    private async Task ShowToPersonOnceAsync(
        CoffeeRun run,
        string kind,
        string userId,
        SlackMessage content,
        string channel,
        string? threadTs
    )
    {
        try
        {
            await slack.PostEphemeralAsync(channel, userId, content, threadTs, run.WorkspaceId, CancellationToken.None);
        }
        catch (SlackApiException exception) when (exception.Outcome != SlackOutcome.NotDone)
        {
            Log.PerhapsShown(logger, kind, run.RunId, exception.Error);
        }
    }

    private async Task<PostedMessage> PostOnceAsync(
        SlackMessageClaim claim,
        RunMessage message,
        SlackMessage content,
        CancellationToken cancellationToken
    )
    {
        var channel = await message.FindChannel(cancellationToken);
        if (
            claim.AttemptedSince is not { } since
            || await FindAsync(channel, message, since - ClockSkew, cancellationToken) is not { } found
        )
            return await slack.PostMessageAsync(
                channel,
                content,
                message.ThreadTs,
                message.Run.WorkspaceId,
                message.Tag,
                cancellationToken
            );

        Log.Found(logger, claim.Kind, claim.RunId, found.Message.Channel, found.Message.Ts, found.Version);
        return found.Version >= message.Version
            ? found.Message
            : await slack.UpdateMessageAsync(
                found.Message.Channel,
                found.Message.Ts,
                content,
                message.Run.WorkspaceId,
                cancellationToken
            );
    }

    /// <returns>Null when it is not found, and when Slack does not allow the search.</returns>
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
                message.Run.WorkspaceId,
                cancellationToken
            );
        }
        catch (SlackApiException exception)
            when (exception.Kind is SlackErrorKind.Permanent or SlackErrorKind.Authentication)
        {
            // For example without the history scope. A message that may appear twice is better than a missing one.
            Log.NotLookedFor(logger, message.Kind, message.Run.RunId, exception.Method, exception.Message);
            return null;
        }
    }

    /// <summary>Makes one claimed call and stores its result.</summary>
    private async Task<PostedMessage?> CallAsync(SlackMessageClaim claim, Func<Task<PostedMessage>> call)
    {
        try
        {
            var posted = await call();
            if (!await StoreResultAsync(claim, posted))
                throw new MessageBusyException(claim.RunId, claim.Kind);
            Log.Shown(logger, claim.Kind, claim.RunId, posted.Channel, posted.Ts, claim.Version);
            return posted;
        }
        catch (SlackApiException exception) when (exception.Kind == SlackErrorKind.Permanent)
        {
            await messages.FailAsync(claim, exception.Error, CancellationToken.None);
            Log.Impossible(logger, claim.Kind, claim.RunId, exception.Method, exception.Error);
            return Known(claim);
        }
        catch (SlackApiException exception) when (exception.Outcome == SlackOutcome.NotDone)
        {
            await messages.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }
        catch (SlackApiException exception)
            when (exception.Outcome == SlackOutcome.Unknown && claim.State == SlackMessageClaimState.Post)
        {
            // The next attempt searches for the message before it posts.
            await messages.LeaveAsync(claim, CancellationToken.None);
            throw;
        }
        // Timeout, or an update without an answer: Slack may still process the call, so the claim is kept until it
        // expires.
    }

    /// <summary>
    /// Repeated while the database is away: a result that is not stored would make the next attempt search or post
    /// again.
    /// </summary>
    private async Task<bool> StoreResultAsync(SlackMessageClaim claim, PostedMessage posted)
    {
        for (var started = time.GetTimestamp(); ; )
        {
            try
            {
                return await messages.CompleteAsync(claim, posted.Channel, posted.Ts, CancellationToken.None);
            }
            catch (DatabaseFailureException unavailable)
                when (time.GetElapsedTime(started) + unavailable.RetryAfter < TimeBudget.MessageResult)
            {
                await Task.Delay(unavailable.RetryAfter, time);
            }
        }
    }

    // A posted message that cannot be changed any more, for example because it was deleted: its thread remains.
    private static PostedMessage? Known(SlackMessageClaim claim) =>
        claim is { ChannelId: { } channel, Ts: { } ts } ? new(channel, ts) : null;

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Information,
            "Showed the {Kind} of run {RunId} in {ChannelId} at {Ts}, version {Version}"
        )]
        public static partial void Shown(
            ILogger logger,
            string kind,
            Guid runId,
            string channelId,
            string ts,
            long version
        );

        [LoggerMessage(LogLevel.Error, "Cannot show the {Kind} of run {RunId}: {Method} failed with {Error}")]
        public static partial void Impossible(ILogger logger, string kind, Guid runId, string method, string error);

        [LoggerMessage(
            LogLevel.Warning,
            "Found the {Kind} of run {RunId} in {ChannelId} at {Ts}, version {Version}, after an unknown outcome; not posting it again"
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
            "Cannot search for the {Kind} of run {RunId} with {Method}, so it is posted and may appear twice: {Reason}"
        )]
        public static partial void NotLookedFor(ILogger logger, string kind, Guid runId, string method, string reason);

        [LoggerMessage(
            LogLevel.Warning,
            "Whether a person has seen the {Kind} of run {RunId} is unknown: {Error}. It is not sent again"
        )]
        public static partial void PerhapsShown(ILogger logger, string kind, Guid runId, string error);
    }
}

/// <summary>Another worker has claimed the message. Retry after a short wait.</summary>
public sealed class MessageBusyException(Guid runId, string kind)
    : Exception($"Another worker is showing the {kind} of run {runId}.");
