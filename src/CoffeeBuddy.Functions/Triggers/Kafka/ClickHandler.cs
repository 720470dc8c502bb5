using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// Clicks that open no form: "Mark complete", "Cancel run", "Withdraw mine", and the away switch in App Home.
/// </summary>
public sealed partial class ClickHandler(
    RunActions actions,
    Permissions permissions,
    UserStore users,
    AppHome home,
    ClickAnswers answers,
    Courtesies courtesies,
    TimeProvider time,
    ILogger<ClickHandler> logger
)
{
    /// <param name="retryCount">How often the record was repeated so far.</param>
    public async Task HandleAsync(Interaction interaction, int retryCount, CancellationToken cancellationToken)
    {
        if (interaction.Actions is not [{ ActionId: { } actionId } action, ..])
            return;
        if (actionId == Actions.ToggleAway)
        {
            await SetAwayAsync(interaction, action, retryCount, cancellationToken);
            return;
        }

        if (!Actions.TryReadRunId(action, out var runId))
            return;
        var userId = interaction.User.Id;
        var actor = permissions.OfSlack(userId);
        var (outcome, answer) = actionId switch
        {
            Actions.CompleteRun => AnswerTo(
                await actions.CompleteAsync(runId, actor),
                userId,
                Replies.NotAllowedToComplete
            ),
            Actions.CancelRun => AnswerTo(await actions.CancelAsync(runId, actor), userId, Replies.NotAllowedToCancel),
            Actions.WithdrawOrder => AnswerTo(
                await actions.WithdrawAsync(runId, userId, SlackTimestamp.Read(action.ActionTs))
            ),
            _ => ("ignored", null),
        };
        Log.Clicked(logger, actionId, runId, userId, outcome);
        if (answer is not null)
            await answers.SendAsync(interaction, answer, cancellationToken);
    }

    private async Task SetAwayAsync(
        Interaction interaction,
        InteractionAction action,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var person = interaction.User;
        await users.SetAwayAsync(
            person.Id,
            PlainName.Of(person.DisplayName),
            away: action.Value == Actions.Away,
            asOf: SlackTimestamp.Read(action.ActionTs) ?? time.GetUtcNow(),
            cancellationToken
        );
        await courtesies.TryAsync(
            "The Home tab",
            person.Id,
            retryCount,
            () => home.PublishAsync(interaction.WorkspaceId, person.Id, cancellationToken)
        );
    }

    /// <returns>No answer where the run's thread gives it: for the click that closed the run, and for its double
    /// click.</returns>
    private static (string Outcome, SlackMessage? Answer) AnswerTo(
        CloseResult result,
        string userId,
        Func<CoffeeRun, SlackMessage> notAllowed
    ) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                CloseOutcome.Closed => null,
                CloseOutcome.NotFound => Replies.UnknownRun(),
                CloseOutcome.NotAllowed or CloseOutcome.NoRunner => notAllowed(result.Run!),
                _ when result.Run!.ClosedByUserId == userId => null,
                _ => AlreadyClosed(result.Run),
            }
        );

    private static (string Outcome, SlackMessage? Answer) AnswerTo(OrderResult result) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                OrderOutcome.Withdrawn => Replies.OrderWithdrawn(),
                OrderOutcome.Superseded or OrderOutcome.AlreadyWithdrawn => null,
                OrderOutcome.NoOrder => Replies.NoOrderToWithdraw(),
                OrderOutcome.RunClosed => AlreadyClosed(result.Run!),
                _ => Replies.UnknownRun(),
            }
        );

    private static SlackMessage AlreadyClosed(CoffeeRun run) =>
        run.Status == RunStatus.Completed ? Replies.AlreadyCompleted(run) : Replies.AlreadyCancelled(run);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Action} of run {RunId} by {UserId}: {Outcome}")]
        public static partial void Clicked(ILogger logger, string action, Guid runId, string userId, string outcome);
    }
}
