using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Menus;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Opens the order form and fills it in: with the person's order in this run, otherwise with their usual. Orders the
/// usual without the form.
/// </summary>
public sealed partial class OrderForms(
    RunActions actions,
    RunStore runs,
    MenuStore menus,
    PreferenceStore preferences,
    AppHome home,
    SlackClient slack,
    Permissions permissions,
    ReplayCheck replays,
    ClickAnswers answers,
    TimeProvider time,
    ILogger<OrderForms> logger
)
{
    private static readonly TimeSpan ShowAtHomeWithin = TimeSpan.FromSeconds(1);

    /// <param name="memberUntil">See <see cref="OrderForm.MemberUntil"/>.</param>
    public static OrderForm For(
        CoffeeRun run,
        Menu menu,
        Order? ownOrder,
        IReadOnlyList<Drink> lastDrinks,
        DateTimeOffset? memberUntil
    ) =>
        new()
        {
            RunId = run.RunId,
            ChannelId = run.ChannelId,
            InitiatorUserId = run.InitiatorUserId,
            Menu = menu,
            LastDrinks = lastDrinks,
            Prefill = ownOrder?.Drink,
            Note = ownOrder?.Note,
            MemberUntil = memberUntil,
            OffersSameAs = run.FirstOrderAt is not null,
        };

    /// <returns>What to tell the person when Slack did not open the form; null when it did.</returns>
    public Task<SlackMessage?> OpenAsync(
        string triggerId,
        string workspaceId,
        OrderForm form,
        CancellationToken cancellationToken
    ) => OpenAsync(triggerId, workspaceId, OrderModal.Build(form), form.RunId, cancellationToken);

    /// <summary>
    /// Opens the form of the run whose button was clicked. For a run that is over it opens an explanation.
    /// </summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        VerifiedBody body,
        CancellationToken cancellationToken
    ) =>
        InRunAsync(interaction, action, body, run => OpenAsync(interaction, run, cancellationToken), cancellationToken);

    /// <summary>
    /// Opens the form with the order that the person has in the run whose button was clicked. Somebody without an order
    /// is told so.
    /// </summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public Task<string> ChangeAsync(
        Interaction interaction,
        InteractionAction action,
        VerifiedBody body,
        CancellationToken cancellationToken
    ) =>
        InRunAsync(
            interaction,
            action,
            body,
            async run =>
            {
                if (run.OwnOrder is not null)
                    return await OpenAsync(interaction, run, cancellationToken);
                var answer = OrderReplies.NothingToChange(run.Run.RunId);
                if (interaction.View is { IsHome: true })
                    await ShowAtHomeAsync(interaction, answer.Text);
                else
                    await answers.SendAsync(interaction, answer, cancellationToken);
                return "no_order";
            },
            cancellationToken
        );

    /// <summary>
    /// Shows the Home tab with an order that is stored. It must not fail or delay the answer, for which Slack waits; a
    /// tab that is not shown now is shown when it is opened again.
    /// </summary>
    public async Task ShowAtHomeAsync(Interaction interaction, string? notice = null)
    {
        using var limit = new CancellationTokenSource(ShowAtHomeWithin, time);
        try
        {
            await home.PublishAsync(interaction.WorkspaceId, interaction.User.Id, limit.Token, notice);
        }
        catch (Exception exception)
            when (exception is SlackApiException or DatabaseFailureException or OperationCanceledException)
        {
            Log.HomeNotShown(logger, interaction.User.Id, exception.Message);
        }
    }

    /// <summary>
    /// Orders the person's usual in the run whose button was clicked. Without a usual, for one that is sold out or not on
    /// the menu, and for somebody who has ordered something else in this run, it opens the form: no order is replaced by
    /// one click.
    /// </summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public Task<string> OrderUsualAsync(
        Interaction interaction,
        InteractionAction action,
        VerifiedBody body,
        CancellationToken cancellationToken
    ) =>
        InRunAsync(
            interaction,
            action,
            body,
            run => OrderUsualAsync(interaction, run, cancellationToken),
            cancellationToken
        );

    private async Task<string> OrderUsualAsync(
        Interaction interaction,
        ClickedRun run,
        CancellationToken cancellationToken
    )
    {
        if (run.Drinks is not [{ } usual, ..] || (run.OwnOrder is { } other && !other.Drink.Equals(usual)))
            return await OpenAsync(interaction, run, cancellationToken);
        if (run.OwnOrder is { } ordered)
        {
            if (time.GetUtcNow() - ordered.CreatedAt > OrderRules.DoubleClick)
                await answers.SendAsync(interaction, Replies.OrderConfirmation([ordered]), cancellationToken);
            return "unchanged";
        }

        var result = await actions.OrderAsync(
            new(run.Run.RunId, interaction.User.Id, interaction.User.DisplayName, usual, Note: null)
        );
        if (result.Refusal is { } refusal)
            return await OpenAsync(interaction, run, cancellationToken, MenuTexts.NotOrdered(refusal));
        if (result.Outcome is OrderOutcome.RunClosed or OrderOutcome.RunnerLeft)
            await OpenClosedAsync(interaction.TriggerId!, interaction.WorkspaceId, result.Run!, cancellationToken);
        if (interaction.View is { IsHome: true })
            await ShowAtHomeAsync(interaction);
        return result.Outcome.ToString().ToLowerInvariant();
    }

    /// <param name="notice">See <see cref="OrderForm.Notice"/>.</param>
    private async Task<string> OpenAsync(
        Interaction interaction,
        ClickedRun clicked,
        CancellationToken cancellationToken,
        string? notice = null
    )
    {
        var run = clicked.Run;
        DateTimeOffset? memberUntil =
            interaction.ChannelId == run.ChannelId
                ? permissions.SawInChannel(run.WorkspaceId, run.ChannelId, interaction.User.Id)
                : null;
        var form = For(run, clicked.Menu, clicked.OwnOrder, clicked.Drinks, memberUntil) with
        {
            IsFromHome = interaction.View is { IsHome: true },
            Notice = notice,
        };
        if (
            await OpenAsync(interaction.TriggerId!, interaction.WorkspaceId, form, cancellationToken) is not { } failure
        )
            return "opened";
        await answers.SendAsync(interaction, failure, cancellationToken);
        return "form_failed";
    }

    /// <summary>Does something in the active run whose button was clicked, for somebody who may order there.</summary>
    private async Task<string> InRunAsync(
        Interaction interaction,
        InteractionAction action,
        VerifiedBody body,
        Func<ClickedRun, Task<string>> handle,
        CancellationToken cancellationToken
    )
    {
        if (interaction.TriggerId is null || !Actions.TryReadId(action, out var runId))
            throw SlackRequest.Unreadable("a button without run or trigger");
        if (!await replays.IsFirstAsync(body))
            return "repeated";

        var userId = interaction.User.Id;
        var finding = runs.GetAsync(runId, cancellationToken);
        var drinks = await preferences.OfferedAsync(userId, OrderForm.MaxLastDrinks, cancellationToken);
        var details = await finding;
        try
        {
            if (details is null || !await MayOrderAsync(interaction, details, cancellationToken))
            {
                await answers.SendAsync(interaction, Replies.UnknownRun(), cancellationToken);
                return "run_unknown";
            }
        }
        catch (MembersUnknownException)
        {
            await answers.SendAsync(interaction, Replies.CannotCheckMembership(), cancellationToken);
            return "membership_unknown";
        }

        if (!RunRules.AcceptsOrders(details.Run))
        {
            await OpenClosedAsync(interaction.TriggerId!, interaction.WorkspaceId, details.Run, cancellationToken);
            return details.Run.Status == RunStatus.Active ? "runner_left" : "run_over";
        }
        return await handle(
            new(
                details.Run,
                details.Menu,
                details.Orders.FirstOrDefault(order => order.UserId == userId && order.Guest is null),
                [.. drinks.Select(preference => preference.Drink)]
            )
        );
    }

    /// <summary>Opens an explanation in place of the form of a run that takes no orders any more.</summary>
    /// <returns>What to tell the person when Slack did not open it; null when it did.</returns>
    public Task<SlackMessage?> OpenClosedAsync(
        string triggerId,
        string workspaceId,
        CoffeeRun run,
        CancellationToken cancellationToken
    ) => OpenAsync(triggerId, workspaceId, OrderModal.ClosedView(run), run.RunId, cancellationToken);

    /// <summary>
    /// A click on a message in the run's channel shows that the person is there; one on a direct message does not.
    /// </summary>
    /// <exception cref="MembersUnknownException">Slack does not say who is in the channel.</exception>
    private async Task<bool> MayOrderAsync(
        Interaction interaction,
        RunDetails details,
        CancellationToken cancellationToken
    )
    {
        if (interaction.ChannelId == details.Run.ChannelId)
            permissions.SawInChannel(details.Run.WorkspaceId, details.Run.ChannelId, interaction.User.Id);
        var actor = permissions.OfSlack(interaction.User.Id);
        if (await permissions.MayAsync(actor, Operation.PlaceOrder, details, cancellationToken))
            return true;
        await permissions.RefusedAsync(actor, Operation.PlaceOrder, details.Run.RunId, details.Run.ChannelId);
        return false;
    }

    /// <summary>Fills the open form in with the usual drink that was clicked.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> FillInAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        var menu = await menus.OfRunAsync(OrderModal.RunOf(interaction), cancellationToken);
        return OrderModal.TryRebuild(interaction, menu, out var changed)
            ? await UpdateAsync(interaction, changed, cancellationToken)
            : throw SlackRequest.Unreadable("a usual drink that the form does not offer");
    }

    /// <summary>
    /// Fills the open form in with the order that the chosen person has in the run. Only where the run's thread shows
    /// all orders: elsewhere people do not see each other's.
    /// </summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> FillInSameAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        if (!OrderModal.TryReadSameAs(interaction, out var sameAs))
            throw SlackRequest.Unreadable("a person in a form that does not ask for one");
        var details = await runs.GetAsync(sameAs.RunId, cancellationToken);
        var (drink, closed) = await FindOrderAsync(interaction, sameAs, details, cancellationToken);
        if (closed is not null)
            return await UpdateAsync(interaction, OrderModal.ClosedView(closed), cancellationToken);
        var refusal = drink is null ? null : details!.Menu.Refuse(drink);
        var notice = (drink, refusal) switch
        {
            (null, _) => OrderModal.NoOrderOf(sameAs.UserId),
            (_, { } refused) => MenuTexts.NotOrdered(refused),
            _ => OrderModal.FilledInAs(sameAs.UserId),
        };
        var menu = details?.Menu ?? Menu.Default;
        var changed = OrderModal.Rebuild(interaction, menu, refusal is null ? drink : null, notice);
        return await UpdateAsync(interaction, changed, cancellationToken);
    }

    /// <returns>The run instead of a drink when it takes no orders any more.</returns>
    private async Task<(Drink? Drink, CoffeeRun? Closed)> FindOrderAsync(
        Interaction interaction,
        SameAs sameAs,
        RunDetails? details,
        CancellationToken cancellationToken
    )
    {
        if (
            details?.Run.ChannelId != sameAs.ChannelId
            || details.Message(MessageKinds.Summary)?.Ts is null
            || !await IsThereAsync(interaction, sameAs, details, cancellationToken)
        )
            return (null, null);
        return RunRules.AcceptsOrders(details.Run)
            ? (
                details.Orders.FirstOrDefault(order => order.UserId == sameAs.UserId && order.Guest is null)?.Drink,
                null
            )
            : (null, details.Run);
    }

    private async Task<bool> IsThereAsync(
        Interaction interaction,
        SameAs sameAs,
        RunDetails details,
        CancellationToken cancellationToken
    )
    {
        if (sameAs.MemberUntil > time.GetUtcNow())
            return true;
        try
        {
            var actor = permissions.OfSlack(interaction.User.Id);
            return await permissions.MayAsync(actor, Operation.PlaceOrder, details, cancellationToken);
        }
        catch (MembersUnknownException)
        {
            return false;
        }
    }

    private async Task<string> UpdateAsync(Interaction interaction, View changed, CancellationToken cancellationToken)
    {
        if (interaction.View is not { Id: { } viewId } view)
            throw SlackRequest.Unreadable("a click in a form without a form");
        try
        {
            await slack.UpdateViewAsync(viewId, changed, view.Hash, interaction.WorkspaceId, cancellationToken);
            return "filled_in";
        }
        catch (SlackApiException exception)
        {
            // The form stays as it is and can be filled in by hand. A second click meanwhile conflicts by its hash.
            Log.NotFilledIn(logger, interaction.User.Id, exception.Error);
            return "form_failed";
        }
    }

    /// <param name="OwnOrder">The person's order in the run, not one for a guest.</param>
    /// <param name="Drinks">The drinks to offer. The first is the person's usual.</param>
    private sealed record ClickedRun(CoffeeRun Run, Menu Menu, Order? OwnOrder, IReadOnlyList<Drink> Drinks);

    private async Task<SlackMessage?> OpenAsync(
        string triggerId,
        string workspaceId,
        View view,
        Guid runId,
        CancellationToken cancellationToken
    )
    {
        try
        {
            await slack.OpenViewAsync(triggerId, view, workspaceId, cancellationToken);
            return null;
        }
        catch (SlackApiException exception)
        {
            Log.NotOpened(logger, runId, exception.Error, exception.Message);
            return Replies.FormDidNotOpen(runId);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The order form of run {RunId} did not open, {Error}: {Reason}")]
        public static partial void NotOpened(ILogger logger, Guid runId, string error, string reason);

        [LoggerMessage(LogLevel.Warning, "The Home tab was not shown to {UserId} with the order: {Reason}")]
        public static partial void HomeNotShown(ILogger logger, string userId, string reason);

        [LoggerMessage(LogLevel.Warning, "The order form of {UserId} was not filled in: {Error}")]
        public static partial void NotFilledIn(ILogger logger, string userId, string error);
    }
}
