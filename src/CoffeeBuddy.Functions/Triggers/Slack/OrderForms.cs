using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
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
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Opens the order form and fills it in: with the person's order in this run, otherwise with their last drink.
/// </summary>
public sealed partial class OrderForms(
    RunStore runs,
    PreferenceStore preferences,
    SlackClient slack,
    Permissions permissions,
    ReplayCheck replays,
    ClickAnswers answers,
    IOptions<CoffeeOptions> options,
    ILogger<OrderForms> logger
)
{
    /// <param name="memberUntil">See <see cref="OrderForm.MemberUntil"/>.</param>
    public OrderForm For(
        CoffeeRun run,
        Order? ownOrder,
        IReadOnlyList<Drink> lastDrinks,
        DateTimeOffset? memberUntil
    ) =>
        new()
        {
            RunId = run.RunId,
            ChannelId = run.ChannelId,
            InitiatorUserId = run.InitiatorUserId,
            Menu = options.Value.Menu,
            LastDrinks = lastDrinks,
            Prefill = ownOrder?.Drink,
            Note = ownOrder?.Note,
            MemberUntil = memberUntil,
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
    public async Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        VerifiedBody body,
        CancellationToken cancellationToken
    )
    {
        if (interaction.TriggerId is not { } triggerId || !Actions.TryReadRunId(action, out var runId))
            throw SlackRequest.Unreadable("a button without run or trigger");
        if (!await replays.IsFirstAsync(body))
            return "repeated";

        var finding = runs.GetAsync(runId, cancellationToken);
        var lastDrinks = await preferences.LastAsync(interaction.User.Id, OrderForm.MaxLastDrinks, cancellationToken);
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

        var workspaceId = interaction.WorkspaceId;
        if (!RunRules.AcceptsOrders(details.Run))
        {
            var closed = OrderModal.ClosedView(details.Run.Status);
            await OpenAsync(triggerId, workspaceId, closed, runId, cancellationToken);
            return "run_over";
        }

        var ownOrder = details.Orders.FirstOrDefault(order => order.UserId == interaction.User.Id);
        DateTimeOffset? memberUntil =
            interaction.ChannelId == details.Run.ChannelId
                ? permissions.SawInChannel(details.Run.WorkspaceId, details.Run.ChannelId, interaction.User.Id)
                : null;
        var form = For(details.Run, ownOrder, [.. lastDrinks.Select(preference => preference.Drink)], memberUntil);
        if (await OpenAsync(triggerId, workspaceId, form, cancellationToken) is not { } failure)
            return "opened";
        await answers.SendAsync(interaction, failure, cancellationToken);
        return "form_failed";
    }

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
        if (
            interaction.View is not { Id: { } viewId } view
            || !OrderModal.TryRebuild(interaction, options.Value.Menu, out var changed)
        )
            throw SlackRequest.Unreadable("a usual drink that the form does not offer");
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

        [LoggerMessage(LogLevel.Warning, "The order form of {UserId} was not filled in: {Error}")]
        public static partial void NotFilledIn(ILogger logger, string userId, string error);
    }
}
