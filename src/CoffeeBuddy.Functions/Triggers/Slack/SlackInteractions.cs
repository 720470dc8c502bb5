using System.Diagnostics;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Clicks and submitted forms. What opens, changes or checks a form is done here, within Slack's 3 s; every other click
/// is queued for <c>ProcessSlackEvents</c> and acknowledged.
/// </summary>
public sealed partial class SlackInteractions(
    RunActions actions,
    Permissions permissions,
    RequestLimits limits,
    ReplayCheck replays,
    PersonLanguages languages,
    OrderForms forms,
    Favourites favourites,
    PersonalSettings settings,
    MenuForms menus,
    Turns turns,
    StatisticsForms statistics,
    SlackEventsTopic topic,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<SlackInteractions> logger
)
{
    private static readonly string[] Queued =
    [
        Actions.WithdrawOrder,
        Actions.WithdrawGuest,
        Actions.CompleteRun,
        Actions.CancelRun,
        Actions.CancelPlanned,
        Actions.Extend,
        Actions.ChooseNow,
        Actions.Leave,
        Actions.ComeBack,
        Actions.Collect,
        Actions.Snooze,
        Actions.Volunteer,
        Actions.TakeOver,
        Actions.RefuseTakeOver,
        Actions.Satisfied,
        Actions.SoSo,
        Actions.Dissatisfied,
        Actions.StatisticsChart,
        Actions.StatisticsCsv,
        .. AtHome,
    ];

    /// <summary>Clicks that are followed by a new Home tab.</summary>
    private static string[] AtHome => [Actions.ToggleAway, Actions.Pin, Actions.Unpin, Actions.Remove];

    [Function(nameof(SlackInteractions))]
    [SlackSigned(SlackSignedAttribute.Form)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/interactions")] HttpRequest request,
        FunctionContext context
    )
    {
        var started = Stopwatch.GetTimestamp();
        var body = context.VerifiedBody();
        var form = SlackForm.Parse(body.Bytes);
        if (form.GetValueOrDefault("ssl_check") == "1")
            return TypedResults.Ok();
        var payload = form.GetValueOrDefault("payload");
        if (!Interaction.TryParse(payload, out var interaction, out var fault))
            throw SlackRequest.Unreadable(fault);
        // In Slack Connect a click may name the workspace of the person; the message is the app's own.
        if (
            interaction.Message?.Team is { } team
            && permissions.Serves(team, enterpriseId: null)
            && !permissions.Serves(interaction.WorkspaceId, interaction.EnterpriseId)
        )
            interaction = interaction with { Team = new(team, EnterpriseId: null) };
        permissions.RequireWorkspace(interaction.WorkspaceId, interaction.EnterpriseId, interaction.User.Id);

        using var language = languages.UseOf(interaction.User.Id);
        var (name, outcome) = ("ignored", "failed");
        try
        {
            (name, outcome, var answer) = await replays.OnceHereAsync(
                body,
                () => AnswerAsync(interaction, payload!, body, context.CancellationToken),
                () => Repeated(interaction)
            );
            Log.Answered(logger, name, interaction.WorkspaceId, interaction.User.Id, outcome);
            return answer is null ? TypedResults.Ok() : TypedResults.Text(answer.ToJson(), "application/json");
        }
        finally
        {
            metrics.CommandAnswered(name, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    /// <returns>The answer to a submitted form; null for none.</returns>
    private async Task<(string Name, string Outcome, ViewResponse? Answer)> AnswerAsync(
        Interaction interaction,
        string payload,
        VerifiedBody body,
        CancellationToken cancellationToken
    )
    {
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.OrderCallback })
            return await SubmitAsync(interaction, body, cancellationToken);
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.RenameCallback })
        {
            limits.RequireOfPerson(interaction.User.Id);
            var (renamed, response) = await favourites.RenameAsync(interaction, cancellationToken);
            return (Actions.Rename, renamed, response);
        }
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.SettingsCallback })
        {
            limits.RequireOfPerson(interaction.User.Id);
            var (saved, response) = await settings.SaveAsync(interaction, cancellationToken);
            return (Actions.Settings, saved, response);
        }
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: { } menu } && Actions.IsMenu(menu))
        {
            limits.RequireOfPerson(interaction.User.Id);
            var (changed, response) = await menus.SaveAsync(interaction, cancellationToken);
            return (menu, changed, response);
        }
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.StepBackCallback })
        {
            limits.RequireOfPerson(interaction.User.Id);
            return await turns.StepBackAsync(interaction, body);
        }
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.AskToGoCallback })
        {
            limits.RequireOfPerson(interaction.User.Id);
            return await turns.AskToGoAsync(interaction, body, cancellationToken);
        }
        if (
            interaction.Type != InteractionTypes.BlockActions
            || interaction.Actions is not [{ ActionId: { } actionId } action, ..]
        )
            return ("ignored", "acknowledged", null);
        limits.RequireOfPerson(interaction.User.Id);
        if (actionId == Actions.OpenOrder)
            return (actionId, await forms.OpenAsync(interaction, action, body, cancellationToken), null);
        if (actionId == Actions.ChangeOrder)
            return (actionId, await forms.ChangeAsync(interaction, action, body, cancellationToken), null);
        if (actionId == Actions.OrderUsual)
            return (actionId, await forms.OrderUsualAsync(interaction, action, body, cancellationToken), null);
        if (actionId is Actions.StepBack or Actions.AskToGo or Actions.Why or Actions.Barista)
            return (actionId, await turns.OpenAsync(interaction, action, cancellationToken), null);
        if (actionId == Actions.Rename)
            return (actionId, await favourites.OpenAsync(interaction, action, cancellationToken), null);
        if (Actions.IsMenu(actionId))
            return (actionId, await menus.OpenAsync(interaction, action, cancellationToken), null);
        if (actionId == Actions.Settings)
            return (actionId, await settings.OpenAsync(interaction, cancellationToken), null);
        if (actionId == Actions.Statistics)
            return (actionId, await statistics.OpenAsync(interaction, cancellationToken), null);
        // A repetition changes nothing: the form's hash has changed with the first click.
        if (Actions.IsUsual(actionId))
            return ("usual", await forms.FillInAsync(interaction, cancellationToken), null);
        if (actionId == Actions.SameAs)
            return (actionId, await forms.FillInSameAsync(interaction, cancellationToken), null);
        if (!Queued.Contains(actionId))
            return ("ignored", "acknowledged", null);

        // A repetition changes nothing: a click is handled once, see ProcessSlackEvents.
        await topic.AddAsync(
            EventTypes.SlackInteraction,
            payload,
            interaction.WorkspaceId,
            KeyOf(actionId, interaction.User.Id)
        );
        return (actionId, "accepted", null);
    }

    // Apart from the person's other clicks, none of which waits for the Home tab or for a file.
    private static string KeyOf(string actionId, string userId) =>
        actionId switch
        {
            _ when AtHome.Contains(actionId) => $"home:{userId}",
            _ when Actions.SendsFile(actionId) => $"file:{userId}",
            _ => userId,
        };

    private async Task<(string, string, ViewResponse?)> SubmitAsync(
        Interaction interaction,
        VerifiedBody body,
        CancellationToken cancellationToken
    )
    {
        const string name = "order";
        var userId = interaction.User.Id;
        if (!OrderModal.TryRead(interaction, out var submission))
            throw SlackRequest.Unreadable("no order in the form");
        if (limits.TakeOfPerson(userId) is { } wait)
            return (name, "limited", OrderModal.SlowDown(wait, submission));
        var errors = actions.Validate(
            submission.DrinkType,
            submission.Size,
            submission.Customizations,
            submission.Note,
            submission.Guest
        );
        if (errors.Count > 0)
            return (name, "invalid", OrderModal.Errors(errors, submission));

        return await replays.OnceAsync(
            body,
            () => OrderAsync(interaction, submission, cancellationToken),
            () => Repeated(interaction)
        );
    }

    /// <summary>Nothing is done, and of a form it must not look as if it was: it stays open and says so.</summary>
    private static (string, string, ViewResponse?) Repeated(Interaction interaction) =>
        interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.OrderCallback }
        && OrderModal.TryRead(interaction, out var submission)
            ? ("order", "repeated", OrderModal.NotTaken(Replies.FormAlreadyReceived, submission))
            : ("ignored", "repeated", null);

    private async Task<(string, string, ViewResponse?)> OrderAsync(
        Interaction interaction,
        OrderSubmission submission,
        CancellationToken cancellationToken
    )
    {
        const string name = "order";
        try
        {
            if (!await MayOrderAsync(interaction, submission, cancellationToken))
                return (name, "refused", OrderModal.NotTaken(Replies.NotInChannel, submission));
        }
        catch (MembersUnknownException)
        {
            return (name, "membership_unknown", OrderModal.NotTaken(Replies.CannotCheck, submission));
        }

        var order = new PlaceOrder(
            submission.RunId,
            interaction.User.Id,
            interaction.User.DisplayName,
            new Drink(submission.DrinkType!, submission.Size!, submission.Customizations),
            submission.Note,
            ChannelId: submission.ChannelId
        );
        var result = submission.Guest is { } guest
            ? await actions.OrderForGuestAsync(order, guest)
            : await actions.OrderAsync(order);
        if (result.Outcome == OrderOutcome.TooManyGuests)
            return (name, "too_many_guests", OrderModal.GuestNotTaken(Replies.TooManyGuests, submission.Revision));
        if (result.Refusal is { } refusal)
            return (name, "not_offered", OrderModal.NotOffered(refusal, submission));
        if (submission.IsFromHome)
            await forms.ShowAtHomeAsync(interaction);
        return (
            name,
            result.Outcome.ToString().ToLowerInvariant(),
            result.Outcome is OrderOutcome.RunClosed or OrderOutcome.RunnerLeft or OrderOutcome.RunNotFound
                ? OrderModal.Closed(result.Run)
                : null
        );
    }

    /// <summary>
    /// A form can stay open for hours after it was opened in the channel, or was opened by direct message.
    /// </summary>
    private async Task<bool> MayOrderAsync(
        Interaction interaction,
        OrderSubmission submission,
        CancellationToken cancellationToken
    )
    {
        if (submission.MemberUntil > time.GetUtcNow())
            return true;
        var actor = permissions.OfSlack(interaction.User.Id);
        const Operation operation = Operation.PlaceOrder;
        var (workspace, channel) = (interaction.WorkspaceId, submission.ChannelId);
        if (await permissions.MayAsync(actor, operation, workspace, channel, cancellationToken))
            return true;
        await permissions.RefusedAsync(actor, operation, submission.RunId, channel);
        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "{Interaction} in {WorkspaceId} by {UserId}: {Outcome}")]
        public static partial void Answered(
            ILogger logger,
            string interaction,
            string workspaceId,
            string userId,
            string outcome
        );
    }
}
