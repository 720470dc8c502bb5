using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Triggers.Slack;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Clicks that open nothing: "Mark complete", "Cancel run", "Withdraw mine", and the away switch in App Home.</summary>
public sealed partial class ClickHandler(
    RunStore runs,
    UserStore users,
    AppHome home,
    SlackClient slack,
    EventPublisher publisher,
    WorkerMetrics metrics,
    IOptions<CoffeeOptions> options,
    ILogger<ClickHandler> logger
)
{
    public async Task HandleAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        var userId = interaction.User.Id;
        if (interaction.Actions is not [{ ActionId: { } actionId } action, ..])
            return;
        if (actionId == Actions.ToggleAway)
        {
            await users.SetAwayAsync(
                userId,
                SlackAnswers.PlainName(interaction.User.DisplayName),
                action.Value == Actions.Away,
                cancellationToken
            );
            await home.PublishAsync(interaction.WorkspaceId, userId, cancellationToken);
            return;
        }

        if (!Actions.TryReadRunId(action, out var runId))
            return;
        var isAdmin = options.Value.IsAdmin(userId);
        var (outcome, answer) = actionId switch
        {
            Actions.CompleteRun => await CloseAsync(
                await runs.CompleteAsync(runId, userId, SlackAnswers.TraceParent, cancellationToken, isAdmin),
                userId,
                Replies.NotAllowedToComplete,
                cancellationToken
            ),
            Actions.CancelRun => await CloseAsync(
                await runs.CancelAsync(runId, userId, SlackAnswers.TraceParent, cancellationToken, isAdmin),
                userId,
                Replies.NotAllowedToCancel,
                cancellationToken
            ),
            Actions.WithdrawOrder => await WithdrawAsync(
                runId,
                userId,
                SlackTimestamp.Read(action.ActionTs),
                cancellationToken
            ),
            _ => ("ignored", null),
        };
        Log.Clicked(logger, actionId, runId, userId, outcome);
        if (answer is not null && interaction.ResponseUrl is { } responseUrl)
            await TellAsync(responseUrl, answer, userId, cancellationToken);
    }

    private async Task<(string, SlackMessage?)> CloseAsync(
        CloseResult result,
        string userId,
        Func<CoffeeRun, SlackMessage> notAllowed,
        CancellationToken cancellationToken
    )
    {
        await publisher.PublishAsync(result.Events, cancellationToken);
        if (result.Outcome == CloseOutcome.Closed)
            metrics.RunChanged(result.Run!.Status.ToString().ToLowerInvariant());
        var answer = result.Outcome switch
        {
            CloseOutcome.Closed => null,
            // A double click: the first one is answered in the thread.
            CloseOutcome.AlreadyCompleted or CloseOutcome.AlreadyCancelled when result.Run!.ClosedByUserId == userId =>
                null,
            CloseOutcome.AlreadyCompleted => Replies.AlreadyCompleted(result.Run!),
            CloseOutcome.AlreadyCancelled => Replies.AlreadyCancelled(result.Run!),
            CloseOutcome.NotAllowed => notAllowed(result.Run!),
            _ => Replies.UnknownRun(),
        };
        return (result.Outcome.ToString(), answer);
    }

    private async Task<(string, SlackMessage?)> WithdrawAsync(
        Guid runId,
        string userId,
        DateTimeOffset? clickedAt,
        CancellationToken cancellationToken
    )
    {
        var result = await runs.WithdrawOrderAsync(
            runId,
            userId,
            SlackAnswers.TraceParent,
            cancellationToken,
            clickedAt
        );
        await publisher.PublishAsync(result.Events, cancellationToken);
        metrics.OrderTaken(result.Outcome.ToString().ToLowerInvariant());
        var answer = result.Outcome switch
        {
            OrderOutcome.Withdrawn => Replies.OrderWithdrawn(),
            // They have ordered again since they clicked, and know it.
            OrderOutcome.Superseded => null,
            OrderOutcome.AlreadyWithdrawn => null,
            OrderOutcome.NoOrder => Replies.NoOrderToWithdraw(),
            OrderOutcome.RunClosed when result.Run is { Status: RunStatus.Cancelled } run => Replies.AlreadyCancelled(
                run
            ),
            OrderOutcome.RunClosed => Replies.AlreadyCompleted(result.Run!),
            _ => Replies.UnknownRun(),
        };
        return (result.Outcome.ToString(), answer);
    }

    // What was clicked is done and stored: an answer that does not reach its person is no reason to do it again.
    private async Task TellAsync(
        string responseUrl,
        SlackMessage answer,
        string userId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await slack.RespondAsync(responseUrl, answer, cancellationToken: cancellationToken);
        }
        catch (SlackApiException exception)
        {
            Log.NotTold(logger, userId, exception.Error);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Action} of run {RunId} by {UserId}: {Outcome}")]
        public static partial void Clicked(ILogger logger, string action, Guid runId, string userId, string outcome);

        [LoggerMessage(LogLevel.Warning, "{UserId} could not be told what came of a click: {Error}")]
        public static partial void NotTold(ILogger logger, string userId, string error);
    }
}
