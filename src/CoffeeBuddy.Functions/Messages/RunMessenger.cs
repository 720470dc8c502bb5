using CoffeeBuddy.Core;
using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Slack;
using CoffeeBuddy.Slack;
using CoffeeBuddy.Slack.BlockKit;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Messages;

/// <summary>
/// Brings what Slack shows of a run up to what is stored. Every step reads the ledger first and may be repeated: a
/// message that is up to date is left alone, an older one is updated in place, one that is missing is posted.
/// </summary>
public sealed partial class RunMessenger(MessageLedger ledger, SlackClient slack, DirectMessages directMessages, ILogger<RunMessenger> logger)
{
    // Messages that are posted once and never change.
    private const long Once = 1;

    /// <summary>The message in the channel that says there is a run; the head of the run's thread.</summary>
    /// <param name="retryRefused">Whether to try again where Slack has refused it: the app may have been invited since.</param>
    /// <returns>Where it is, or null where the channel cannot be posted in; the initiator is told then.</returns>
    public async Task<PostedMessage?> AnnounceAsync(RunDetails details, CancellationToken cancellationToken, bool retryRefused = false)
    {
        var run = details.Run;
        var message = RunMessages.Announcement(run, details.Orders.Count);
        var posted = await ShowAsync(run, MessageKinds.Announcement, "", run.Version, _ => Task.FromResult(run.ChannelId), null, message, cancellationToken, retryRefused);
        if (posted is null && run.Status == RunStatus.Active)
            await TellDirectlyAsync(run, MessageKinds.CannotPost, run.InitiatorUserId, Once, Replies.CannotPost(run.ChannelId), cancellationToken);
        return posted;
    }

    /// <summary>All orders, in the thread, updated in place.</summary>
    public Task SummarizeAsync(RunDetails details, PostedMessage head, CancellationToken cancellationToken) =>
        InThreadAsync(details.Run, MessageKinds.Summary, details.Run.Version, head, RunMessages.Summary(details.Run, details.Orders), cancellationToken);

    /// <summary>Who goes and why, in the thread and to the runner; the runner's message follows later orders.</summary>
    public async Task TellAssignmentAsync(RunDetails details, PostedMessage? head, CancellationToken cancellationToken)
    {
        var run = details.Run;
        if (head is not null)
            await InThreadAsync(run, MessageKinds.Assignment, Once, head, RunMessages.Assignment(run), cancellationToken);
        await TellRunnerAsync(details, cancellationToken);
    }

    /// <summary>The runner's own message: what to bring and "Mark complete"; without the button once the run is over.</summary>
    public Task TellRunnerAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(
            details.Run,
            MessageKinds.RunnerDm,
            details.Run.RunnerUserId!,
            details.Run.Version,
            details.Run.Status == RunStatus.Active
                ? RunnerMessages.Assigned(details.Run, details.Orders)
                : RunnerMessages.Closed(details.Run, details.Orders.Count),
            cancellationToken);

    public Task RemindAsync(RunDetails details, CancellationToken cancellationToken) =>
        TellDirectlyAsync(details.Run, MessageKinds.Reminder, details.Run.RunnerUserId!, Once, RunnerMessages.Reminder(details.Run, details.Orders), cancellationToken);

    /// <summary>Takes the buttons off the reminder of a run that is over, if the runner was reminded.</summary>
    public Task CloseReminderAsync(RunDetails details, CancellationToken cancellationToken) =>
        details.Run.RunnerUserId is { } runner && details.Message(MessageKinds.Reminder, runner)?.Ts is not null
            ? TellDirectlyAsync(details.Run, MessageKinds.Reminder, runner, details.Run.Version, RunnerMessages.Closed(details.Run, details.Orders.Count), cancellationToken)
            : Task.CompletedTask;

    /// <summary>Confirms an order to the one who placed it, again when it was replaced.</summary>
    public async Task ConfirmAsync(CoffeeRun run, Order order, PostedMessage head, CancellationToken cancellationToken)
    {
        var version = order.CreatedAt.UtcTicks;
        var claim = await ledger.ClaimAsync(run.RunId, MessageKinds.Confirmation, order.UserId, version, cancellationToken);
        if (claim.State is ClaimState.UpToDate or ClaimState.Failed)
            return;
        if (claim.State == ClaimState.Busy)
            throw new MessageBusyException(run.RunId, MessageKinds.Confirmation);
        await CallAsync(run, MessageKinds.Confirmation, order.UserId, async () =>
        {
            await slack.PostEphemeralAsync(head.Channel, order.UserId, Replies.OrderConfirmation(order), null, SlackAnswers.TeamOf(run.WorkspaceId), cancellationToken);
            // An ephemeral message has no address: the head's stands for it, and a later version is posted anew.
            return head;
        }, version, cancellationToken);
    }

    /// <summary>That the run is completed or cancelled, in the thread; everyone who ordered is mentioned.</summary>
    public Task TellClosedAsync(RunDetails details, PostedMessage head, CancellationToken cancellationToken) =>
        InThreadAsync(
            details.Run,
            MessageKinds.Completion,
            Once,
            head,
            details.Run.Status == RunStatus.Completed ? RunMessages.Completed(details.Run, details.Orders) : RunMessages.Cancelled(details.Run),
            cancellationToken);

    private Task<PostedMessage?> InThreadAsync(CoffeeRun run, string kind, long version, PostedMessage head, SlackMessage message, CancellationToken cancellationToken) =>
        ShowAsync(run, kind, "", version, _ => Task.FromResult(head.Channel), head.Ts, message, cancellationToken);

    private Task<PostedMessage?> TellDirectlyAsync(CoffeeRun run, string kind, string userId, long version, SlackMessage message, CancellationToken cancellationToken) =>
        ShowAsync(run, kind, userId, version, token => directMessages.ChannelOfAsync(userId, SlackAnswers.TeamOf(run.WorkspaceId), token), null, message, cancellationToken);

    private async Task<PostedMessage?> ShowAsync(
        CoffeeRun run,
        string kind,
        string recipient,
        long version,
        Func<CancellationToken, Task<string>> findChannel,
        string? threadTs,
        SlackMessage message,
        CancellationToken cancellationToken,
        bool retryRefused = false)
    {
        var claim = await ledger.ClaimAsync(run.RunId, kind, recipient, version, cancellationToken, retryRefused);
        return claim.State switch
        {
            ClaimState.UpToDate => new(claim.ChannelId!, claim.Ts!),
            ClaimState.Failed => null,
            ClaimState.Busy => throw new MessageBusyException(run.RunId, kind),
            ClaimState.Update => await CallAsync(run, kind, recipient, () => slack.UpdateMessageAsync(claim.ChannelId!, claim.Ts!, message, SlackAnswers.TeamOf(run.WorkspaceId), cancellationToken), version, cancellationToken),
            _ => await CallAsync(run, kind, recipient, async () => await slack.PostMessageAsync(await findChannel(cancellationToken), message, threadTs, SlackAnswers.TeamOf(run.WorkspaceId), cancellationToken), version, cancellationToken),
        };
    }

    /// <summary>Makes one claimed call, and writes down what came of it.</summary>
    private async Task<PostedMessage?> CallAsync(CoffeeRun run, string kind, string recipient, Func<Task<PostedMessage>> call, long version, CancellationToken cancellationToken)
    {
        try
        {
            var posted = await call();
            await ledger.CompleteAsync(run.RunId, kind, recipient, posted.Channel, posted.Ts, version, CancellationToken.None);
            Log.Shown(logger, kind, run.RunId, posted.Channel, posted.Ts, version);
            return posted;
        }
        catch (SlackApiException exception) when (exception.Kind == SlackErrorKind.Permanent)
        {
            await ledger.FailAsync(run.RunId, kind, recipient, exception.Error, CancellationToken.None);
            Log.Impossible(logger, kind, run.RunId, exception.Method, exception.Error);
            return null;
        }
        catch (SlackApiException exception) when (!exception.OutcomeUnknown)
        {
            await ledger.ReleaseAsync(run.RunId, kind, recipient, CancellationToken.None);
            throw;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Slack shows the {Kind} of run {RunId} in {ChannelId} at {Ts}, version {Version}")]
        public static partial void Shown(ILogger logger, string kind, Guid runId, string channelId, string ts, long version);

        [LoggerMessage(LogLevel.Error, "The {Kind} of run {RunId} cannot be shown: {Method} answered {Error}")]
        public static partial void Impossible(ILogger logger, string kind, Guid runId, string method, string error);
    }
}

/// <summary>Another worker is showing the same message at this moment: try again shortly.</summary>
public sealed class MessageBusyException(Guid runId, string kind)
    : Exception($"Another worker is showing the {kind} of run {runId}.");
