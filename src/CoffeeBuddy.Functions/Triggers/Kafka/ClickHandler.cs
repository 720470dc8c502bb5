using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Statistics;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Notifications.Statistics;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// Clicks that open no form: "Mark complete", "Cancel run", "I'll go", "Withdraw mine", the runner's way, the files of the
/// statistics, the question after a run, and in App Home the away switch and the buttons of the person's drinks.
/// </summary>
public sealed partial class ClickHandler(
    RunActions actions,
    Permissions permissions,
    RunStore runs,
    UserStore users,
    PreferenceStore preferences,
    AppHome home,
    StatisticsFiles files,
    SurveyHandler surveys,
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

        if (Actions.SendsFile(actionId))
        {
            await files.SendAsync(interaction, action, retryCount, cancellationToken);
            return;
        }

        // The id of a run, of an order or of a drink.
        if (!Actions.TryReadId(action, out var runId))
            return;
        if (actionId is Actions.Pin or Actions.Unpin or Actions.Remove)
        {
            await ChangeDrinkAsync(interaction, actionId, runId, retryCount, cancellationToken);
            return;
        }
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
            Actions.WithdrawOrder => await WithdrawAsync(
                runId,
                userId,
                SlackTimestamp.Read(action.ActionTs),
                cancellationToken
            ),
            Actions.Extend => AnswerTo(await actions.ExtendAsync(runId, actor)),
            Actions.ChooseNow => AnswerTo(await actions.ChooseNowAsync(runId, actor)),
            Actions.Leave => AnswerTo(await actions.LeaveAsync(runId, actor)),
            Actions.ComeBack => AnswerTo(await actions.ComeBackAsync(runId, actor)),
            Actions.Collect => AnswerTo(await actions.CollectAsync(runId, actor), Replies.NothingToCollect()),
            Actions.Snooze => AnswerTo(await actions.SnoozeAsync(runId, actor), Replies.OnlyRunnerSnoozes()),
            Actions.Volunteer => await VolunteerAsync(interaction, actor, runId, cancellationToken),
            Actions.TakeOver => AnswerTo(await actions.AnswerRequestAsync(runId, actor, accepts: true)),
            Actions.RefuseTakeOver => AnswerTo(await actions.AnswerRequestAsync(runId, actor, accepts: false)),
            Actions.Satisfied => await surveys.AnswerAsync(
                interaction,
                runId,
                SurveyAnswer.Satisfied,
                cancellationToken
            ),
            Actions.SoSo => await surveys.AnswerAsync(interaction, runId, SurveyAnswer.SoSo, cancellationToken),
            Actions.Dissatisfied => await surveys.AnswerAsync(
                interaction,
                runId,
                SurveyAnswer.Dissatisfied,
                cancellationToken
            ),
            Actions.WithdrawGuest => AnswerToGuest(await actions.WithdrawForGuestAsync(runId, userId)),
            _ => ("ignored", null),
        };
        Log.Clicked(logger, actionId, runId, userId, outcome);
        if (interaction.View is { IsHome: true })
            await courtesies.TryAsync(
                "The Home tab",
                userId,
                retryCount,
                () => home.PublishAsync(interaction.WorkspaceId, userId, cancellationToken, answer?.Text)
            );
        else if (answer is not null)
            await answers.SendAsync(interaction, answer, cancellationToken);
    }

    /// <summary>Withdraws the person's own order; those for guests stay.</summary>
    private async Task<(string Outcome, SlackMessage? Answer)> WithdrawAsync(
        Guid runId,
        string userId,
        DateTimeOffset? clickedAt,
        CancellationToken cancellationToken
    )
    {
        var result = await actions.WithdrawAsync(runId, userId, clickedAt);
        SlackMessage? answer = result.Outcome switch
        {
            OrderOutcome.Withdrawn => OrderReplies.Withdrawn(result.Order, await GuestsAsync()),
            OrderOutcome.Superseded or OrderOutcome.AlreadyWithdrawn => null,
            OrderOutcome.NoOrder => OrderReplies.NothingToWithdraw(await GuestsAsync()),
            OrderOutcome.RunnerLeft => Replies.OrdersClosed(result.Run!),
            OrderOutcome.RunClosed => AlreadyClosed(result.Run!),
            _ => Replies.UnknownRun(),
        };
        return (result.Outcome.ToString(), answer);

        async Task<IReadOnlyList<Order>> GuestsAsync() =>
            [.. (await runs.OrdersOfAsync(userId, [runId], cancellationToken)).Where(order => order.Guest is not null)];
    }

    /// <summary>A member of the run's channel goes.</summary>
    private async Task<(string Outcome, SlackMessage? Answer)> VolunteerAsync(
        Interaction interaction,
        Actor actor,
        Guid runId,
        CancellationToken cancellationToken
    )
    {
        if (await runs.GetAsync(runId, cancellationToken) is not { } details)
            return ("run_unknown", Replies.UnknownRun());
        // A click on a message in the run's channel shows that the person is there.
        if (interaction.ChannelId == details.Run.ChannelId)
            permissions.SawInChannel(details.Run.WorkspaceId, details.Run.ChannelId, interaction.User.Id);
        try
        {
            if (!await permissions.MayAsync(actor, Operation.Volunteer, details, cancellationToken))
            {
                await permissions.RefusedAsync(actor, Operation.Volunteer, runId, details.Run.ChannelId);
                return ("refused", Replies.UnknownRun());
            }
        }
        catch (MembersUnknownException)
        {
            return ("membership_unknown", Replies.CannotCheckMembership());
        }
        return AnswerTo(await actions.VolunteerAsync(runId, actor, interaction.User.DisplayName));
    }

    /// <returns>No answer where the messages of the run show it.</returns>
    private static (string Outcome, SlackMessage? Answer) AnswerTo(TurnResult result) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                TurnOutcome.Goes or TurnOutcome.Refused or TurnOutcome.AlreadyDeclined => null,
                TurnOutcome.IsRunner => Replies.YouGoAlready(),
                TurnOutcome.HasRunner => Replies.NotNeeded(result.Run!),
                TurnOutcome.NotAsked => Replies.NotAsked(),
                TurnOutcome.RunClosed => AlreadyClosed(result.Run!),
                _ => Replies.UnknownRun(),
            }
        );

    /// <returns>No answer where the messages of the run show it.</returns>
    private static (string Outcome, SlackMessage? Answer) AnswerTo(DeadlineResult result) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                DeadlineOutcome.Extended or DeadlineOutcome.Ended => null,
                DeadlineOutcome.TooLong => Replies.WindowTooLong(),
                DeadlineOutcome.NoOrders => Replies.NobodyToChoose(),
                DeadlineOutcome.HasRunner => Replies.NotNeeded(result.Run!),
                DeadlineOutcome.NotAllowed => Replies.NotAllowedToChangeDeadline(result.Run!),
                DeadlineOutcome.RunClosed => AlreadyClosed(result.Run!),
                _ => Replies.UnknownRun(),
            }
        );

    /// <param name="notAllowed">Null: only the runner and admins may do it.</param>
    /// <returns>No answer where the messages of the run show it, and for a double click.</returns>
    private static (string Outcome, SlackMessage? Answer) AnswerTo(
        ProgressResult result,
        SlackMessage? notAllowed = null
    ) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                ProgressOutcome.Left
                or ProgressOutcome.Back
                or ProgressOutcome.Collected
                or ProgressOutcome.AlreadyDone => null,
                ProgressOutcome.Snoozed => Replies.Snoozed(result.Run!.SnoozedUntil!.Value),
                ProgressOutcome.NoOrders => Replies.NothingOrdered(),
                ProgressOutcome.NotBack => Replies.NotBackYet(result.Run!),
                ProgressOutcome.NoMoreReminders => Replies.NoMoreReminders(),
                ProgressOutcome.NotAllowed or ProgressOutcome.NoRunner => notAllowed
                    ?? Replies.NotAllowedToReport(result.Run!),
                ProgressOutcome.RunClosed => AlreadyClosed(result.Run!),
                _ => Replies.UnknownRun(),
            }
        );

    /// <summary>Changes a drink of the person, and shows the Home tab with it.</summary>
    private async Task ChangeDrinkAsync(
        Interaction interaction,
        string actionId,
        Guid preferenceId,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var userId = interaction.User.Id;
        var changed = actionId switch
        {
            Actions.Pin => await preferences.PinAsync(userId, preferenceId, cancellationToken),
            Actions.Unpin => await preferences.UnpinAsync(userId, preferenceId, cancellationToken),
            _ => await preferences.RemoveAsync(userId, preferenceId, cancellationToken),
        };
        await courtesies.TryAsync(
            "The Home tab",
            userId,
            retryCount,
            () =>
                home.PublishAsync(
                    interaction.WorkspaceId,
                    userId,
                    cancellationToken,
                    notice: changed || actionId != Actions.Pin ? null : HomeView.TooManyFavourites
                )
        );
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

    private static (string Outcome, SlackMessage? Answer) AnswerToGuest(OrderResult result) =>
        (
            result.Outcome.ToString(),
            result.Outcome switch
            {
                OrderOutcome.Withdrawn => Replies.GuestOrderWithdrawn(result.Order!),
                OrderOutcome.RunnerLeft => Replies.OrdersClosed(result.Run!),
                OrderOutcome.RunClosed => AlreadyClosed(result.Run!),
                _ => Replies.NoGuestOrderToWithdraw(),
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
