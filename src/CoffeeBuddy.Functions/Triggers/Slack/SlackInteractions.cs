using System.Diagnostics;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Data.Users;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Clicks and submitted forms. What shows or checks a form is done here, within Slack's 3 s; a click that opens nothing
/// is handed to Kafka and acknowledged.
/// </summary>
public sealed partial class SlackInteractions(
    RunStore runs,
    PreferenceStore preferences,
    OrderForms forms,
    SlackClient slack,
    SlackIntake intake,
    EventPublisher publisher,
    WorkerMetrics metrics,
    IOptions<CoffeeOptions> options,
    ILogger<SlackInteractions> logger
)
{
    // Answered by ProcessSlackEvents.
    private static readonly string[] HandledLater =
    [
        Actions.WithdrawOrder,
        Actions.CompleteRun,
        Actions.CancelRun,
        Actions.ToggleAway,
    ];

    [Function(nameof(SlackInteractions))]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/interactions")] HttpRequest request,
        FunctionContext context
    )
    {
        var started = Stopwatch.GetTimestamp();
        var form = SlackForm.Parse(context.VerifiedBody());
        if (form.GetValueOrDefault("ssl_check") == "1")
            return Results.Ok();
        var payload = form.GetValueOrDefault("payload");
        if (!Interaction.TryParse(payload, out var interaction, out var fault))
            throw SlackAnswers.Unreadable(fault);

        var (name, outcome) = ("ignored", "failed");
        try
        {
            (name, outcome, var answer) = await AnswerAsync(interaction, payload!, context.CancellationToken);
            Log.Answered(logger, name, interaction.WorkspaceId, interaction.User.Id, outcome);
            return answer;
        }
        finally
        {
            metrics.CommandAnswered(name, outcome, Stopwatch.GetElapsedTime(started));
        }
    }

    private async Task<(string Name, string Outcome, IResult Answer)> AnswerAsync(
        Interaction interaction,
        string payload,
        CancellationToken cancellationToken
    )
    {
        if (interaction is { Type: InteractionTypes.ViewSubmission, View.CallbackId: Actions.OrderCallback })
            return await SubmitAsync(interaction, cancellationToken);
        if (
            interaction.Type != InteractionTypes.BlockActions
            || interaction.Actions is not [{ ActionId: { } actionId } action, ..]
        )
            return ("ignored", "acknowledged", Results.Ok());
        if (actionId == Actions.OpenOrder)
            return (actionId, await OpenAsync(interaction, action, cancellationToken), Results.Ok());
        if (Actions.IsUsual(actionId))
            return ("usual", await ChooseUsualAsync(interaction, cancellationToken), Results.Ok());
        if (!HandledLater.Contains(actionId))
            return ("ignored", "acknowledged", Results.Ok());

        await intake.AcceptAsync(
            SlackIntake.InteractionType,
            payload,
            interaction.WorkspaceId,
            interaction.User.Id,
            cancellationToken
        );
        return (actionId, "accepted", Results.Ok());
    }

    private async Task<(string, string, IResult)> SubmitAsync(
        Interaction interaction,
        CancellationToken cancellationToken
    )
    {
        const string name = "order";
        if (!OrderModal.TryRead(interaction, out var submission))
            throw SlackAnswers.Unreadable("no order in the form");
        var errors = OrderRules.Validate(
            submission.DrinkType,
            submission.Size,
            submission.Customizations,
            submission.Note
        );
        if (errors.Count > 0)
        {
            metrics.OrderTaken("invalid");
            return (name, "invalid", Answer(OrderModal.Errors(errors, submission.Revision)));
        }

        var drink = new Drink(submission.DrinkType!, submission.Size!, submission.Customizations);
        var result = await runs.PlaceOrderAsync(
            new(
                submission.RunId,
                interaction.User.Id,
                SlackAnswers.PlainName(interaction.User.DisplayName),
                drink,
                submission.Note,
                SlackAnswers.TraceParent
            ),
            CancellationToken.None // Slack gives up after 3 s: the order is stored all the same.
        );
        await publisher.PublishAsync(result.Events, CancellationToken.None);
        var outcome = result.Outcome.ToString().ToLowerInvariant();
        metrics.OrderTaken(outcome);
        return result.Outcome is OrderOutcome.RunClosed or OrderOutcome.RunNotFound
            ? (name, outcome, Answer(OrderModal.Closed(result.Run?.Status ?? RunStatus.Cancelled)))
            : (name, outcome, Results.Ok());
    }

    private async Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        CancellationToken cancellationToken
    )
    {
        if (interaction.TriggerId is null || !Actions.TryReadRunId(action, out var runId))
            throw SlackAnswers.Unreadable("a button without run or trigger");

        // A button of a run that is over must not start another one.
        var finding = runs.GetAsync(runId, cancellationToken);
        var lastDrinks = await preferences.LastAsync(interaction.User.Id, OrderForm.MaxLastDrinks, cancellationToken);
        if (await finding is not { } details)
        {
            await RespondAsync(interaction, Replies.UnknownRun(), cancellationToken);
            return "run_unknown";
        }

        if (!RunRules.AcceptsOrders(details.Run))
        {
            await forms.OpenClosedAsync(
                interaction.TriggerId,
                SlackAnswers.TeamOf(interaction.WorkspaceId),
                details.Run,
                cancellationToken
            );
            return "run_over";
        }

        var ownOrder = details.Orders.FirstOrDefault(order => order.UserId == interaction.User.Id);
        var form = forms.For(details.Run, ownOrder, [.. lastDrinks.Select(preference => preference.Drink)]);
        if (
            await forms.OpenAsync(
                interaction.TriggerId,
                SlackAnswers.TeamOf(interaction.WorkspaceId),
                form,
                cancellationToken
            )
            is not { } failure
        )
            return "opened";
        await RespondAsync(interaction, failure, cancellationToken);
        return "form_failed";
    }

    private async Task<string> ChooseUsualAsync(Interaction interaction, CancellationToken cancellationToken)
    {
        if (
            interaction.View is not { Id: { } viewId } view
            || !OrderModal.TryRebuild(interaction, options.Value.Menu, out var changed)
        )
            throw SlackAnswers.Unreadable("a usual drink that the form does not offer");
        try
        {
            await slack.UpdateViewAsync(
                viewId,
                changed,
                view.Hash,
                SlackAnswers.TeamOf(interaction.WorkspaceId),
                cancellationToken
            );
            return "filled_in";
        }
        catch (SlackApiException exception)
        {
            // The form stays as it was, and can be filled in by hand. A second click in the meantime conflicts by hash.
            Log.NotChanged(logger, interaction.User.Id, exception.Error);
            return "form_failed";
        }
    }

    private async Task RespondAsync(Interaction interaction, SlackMessage message, CancellationToken cancellationToken)
    {
        if (interaction.ResponseUrl is null)
            return;
        try
        {
            await slack.RespondAsync(interaction.ResponseUrl, message, cancellationToken: cancellationToken);
        }
        catch (SlackApiException exception)
        {
            Log.NotTold(logger, interaction.User.Id, exception.Error);
        }
    }

    private static IResult Answer(ViewResponse response) => Results.Text(response.ToJson(), "application/json");

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

        [LoggerMessage(LogLevel.Warning, "The form of {UserId} was not changed: {Error}")]
        public static partial void NotChanged(ILogger logger, string userId, string error);

        [LoggerMessage(LogLevel.Warning, "{UserId} could not be told why nothing happened: {Error}")]
        public static partial void NotTold(ILogger logger, string userId, string error);
    }
}
