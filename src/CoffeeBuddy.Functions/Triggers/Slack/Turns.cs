using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
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
/// The forms of the runner: "I can't go", "Ask somebody to go", "Why me?", and the list for the barista.
/// </summary>
public sealed partial class Turns(
    RunActions actions,
    RunStore runs,
    Permissions permissions,
    ReplayCheck replays,
    ClickAnswers answers,
    SlackClient slack,
    ILogger<Turns> logger
)
{
    /// <summary>Opens one of the forms of the run whose button was clicked.</summary>
    /// <returns>The outcome, for log and metrics.</returns>
    public async Task<string> OpenAsync(
        Interaction interaction,
        InteractionAction action,
        CancellationToken cancellationToken
    )
    {
        if (interaction.TriggerId is not { } triggerId || !Actions.TryReadId(action, out var runId))
            throw SlackRequest.Unreadable("a button without run or trigger");
        var details = await runs.GetAsync(runId, cancellationToken);
        if (
            details is null
            || await ViewOfAsync(interaction, action.ActionId!, details, cancellationToken) is not { } view
        )
        {
            await answers.SendAsync(interaction, Replies.UnknownRun(), cancellationToken);
            return "run_unknown";
        }
        try
        {
            await slack.OpenViewAsync(triggerId, view, interaction.WorkspaceId, cancellationToken);
            return "opened";
        }
        catch (SlackApiException exception)
        {
            Log.NotOpened(logger, action.ActionId!, runId, exception.Error);
            return "form_failed";
        }
    }

    /// <returns>Null for somebody who may not see the run.</returns>
    private async Task<View?> ViewOfAsync(
        Interaction interaction,
        string actionId,
        RunDetails details,
        CancellationToken cancellationToken
    )
    {
        var run = details.Run;
        var actor = permissions.OfSlack(interaction.User.Id);
        if (interaction.ChannelId == run.ChannelId)
            permissions.SawInChannel(run.WorkspaceId, run.ChannelId, interaction.User.Id);
        try
        {
            if (!await permissions.MayAsync(actor, Operation.SeeRun, details, cancellationToken))
            {
                await permissions.RefusedAsync(actor, Operation.SeeRun, run.RunId, run.ChannelId);
                return null;
            }
        }
        catch (MembersUnknownException)
        {
            return RunnerForms.ExplanationView(Replies.CannotCheck);
        }
        if (actionId == Actions.Why)
            return ReckoningView.Build(run, await runs.AssignmentsAsync(run.RunId, cancellationToken));
        if (actionId == Actions.Barista)
            return MaySeeAllOrders(actor, details)
                ? BaristaView.Build(details.Orders, details.Menu)
                : RunnerForms.ExplanationView(Replies.NotTheRunner(run));
        if (run.Status != RunStatus.Active)
            return RunnerForms.ExplanationView(RunnerForms.IsOver(run));
        if (run.BackAt is not null)
            return RunnerForms.ExplanationView(Replies.IsBack);
        return actionId switch
        {
            Actions.StepBack when run.RunnerUserId == interaction.User.Id => RunnerForms.StepBack(run),
            Actions.AskToGo when RunRules.MayAskToGo(run, interaction.User.Id) => RunnerForms.AskToGo(run),
            _ => RunnerForms.ExplanationView(Replies.NotTheRunner(run)),
        };
    }

    /// <summary>Whoever may see all orders, and everybody of the channel where the run's thread shows them.</summary>
    private static bool MaySeeAllOrders(Actor actor, RunDetails details) =>
        details.Message(MessageKinds.Summary)?.Ts is not null
        || AccessRules.Allows(Operation.SeeAllOrders, RunRules.RelationsOf(details.Run, actor.UserId, actor.IsAdmin));

    /// <summary>The runner cannot go.</summary>
    public Task<(string Name, string Outcome, ViewResponse? Answer)> StepBackAsync(
        Interaction interaction,
        VerifiedBody body
    )
    {
        var runId = RunOf(interaction);
        var reason = RunnerForms.Reason(interaction);
        if (reason?.Length > Decline.MaxReasonLength)
            return Task.FromResult<(string, string, ViewResponse?)>(
                (Actions.StepBack, "invalid", RunnerForms.ReasonTooLong())
            );
        return replays.OnceAsync(
            body,
            async () =>
            {
                var result = await actions.StepBackAsync(
                    runId,
                    permissions.OfSlack(interaction.User.Id),
                    reason is null ? null : OneLine(reason)
                );
                return Answer(Actions.StepBack, result, error: null);
            },
            () => (Actions.StepBack, "repeated", null)
        );
    }

    /// <summary>Somebody is asked to go.</summary>
    public async Task<(string Name, string Outcome, ViewResponse? Answer)> AskToGoAsync(
        Interaction interaction,
        VerifiedBody body,
        CancellationToken cancellationToken
    )
    {
        const string name = Actions.AskToGo;
        var runId = RunOf(interaction);
        if (RunnerForms.Person(interaction) is not { } asked || !SlackIds.IsUserId(asked))
            throw SlackRequest.Unreadable("no person in the form");
        if (await runs.GetAsync(runId, cancellationToken) is not { } details)
            return (name, "run_unknown", RunnerForms.NoRun());
        try
        {
            // The list of orders is for people of the channel.
            if (!await permissions.MayAsync(Asked(asked), Operation.Volunteer, details, cancellationToken))
                return (name, "not_in_channel", RunnerForms.PersonError(Replies.AskedNotInChannel));
        }
        catch (MembersUnknownException)
        {
            return (name, "membership_unknown", RunnerForms.PersonError(Replies.CannotCheck));
        }
        return await replays.OnceAsync(
            body,
            async () =>
            {
                var result = await actions.AskToGoAsync(runId, permissions.OfSlack(interaction.User.Id), asked);
                var error = result.Outcome switch
                {
                    TurnOutcome.IsRunner => Replies.IsYourself,
                    TurnOutcome.AlreadyDeclined => Replies.HasDeclined,
                    TurnOutcome.Unchanged => Replies.IsAsked,
                    _ => null,
                };
                return Answer(name, result, error);
            },
            () => (name, "repeated", null)
        );
    }

    private static (string Name, string Outcome, ViewResponse? Answer) Answer(
        string name,
        TurnResult result,
        string? error
    ) =>
        (
            name,
            result.Outcome.ToString().ToLowerInvariant(),
            result switch
            {
                _ when error is not null => RunnerForms.PersonError(error),
                { Outcome: TurnOutcome.RunClosed, Run: { } run } => RunnerForms.Explanation(RunnerForms.IsOver(run)),
                { Outcome: TurnOutcome.IsBack } => RunnerForms.Explanation(Replies.IsBack),
                { Outcome: TurnOutcome.NotRunner, Run: { } run } => RunnerForms.Explanation(Replies.NotTheRunner(run)),
                { Outcome: TurnOutcome.AlreadyDeclined, Run: { } run } => RunnerForms.Explanation(
                    Replies.AlreadySteppedBack(run)
                ),
                { Outcome: TurnOutcome.RunNotFound } => RunnerForms.NoRun(),
                _ => null,
            }
        );

    // A member of the channel, whatever else the person is.
    private static Actor Asked(string userId) => new(userId, IsAdmin: false);

    private static Guid RunOf(Interaction interaction) =>
        RunnerForms.TryReadRunId(interaction, out var runId)
            ? runId
            : throw SlackRequest.Unreadable("no run in the form");

    // PostgreSQL refuses U+0000, and the reason is shown in one line.
    private static string OneLine(string reason) =>
        string.Concat(reason.Select(character => char.IsControl(character) ? ' ' : character));

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Error, "The form {Action} of run {RunId} did not open: {Error}")]
        public static partial void NotOpened(ILogger logger, string action, Guid runId, string error);
    }
}
