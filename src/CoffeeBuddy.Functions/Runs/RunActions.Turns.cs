using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>Whose turn it is: volunteers, runners who cannot go, and requests to take over.</summary>
public sealed partial class RunActions
{
    /// <summary>The person goes for a run that has no runner.</summary>
    /// <param name="actor">A person who may: the caller has checked it.</param>
    public Task<TurnResult> VolunteerAsync(Guid runId, Actor actor, string? displayName) =>
        TurnAsync(token =>
            runs.VolunteerAsync(
                runId,
                actor.UserId!,
                displayName is null ? null : PlainName.Of(displayName),
                TraceParent,
                token
            )
        );

    /// <summary>The runner cannot go: the next fairest is chosen, or the initiator decides.</summary>
    /// <param name="actor">A person.</param>
    /// <param name="reason">The runner's own words; null: none.</param>
    public async Task<TurnResult> StepBackAsync(Guid runId, Actor actor, string? reason)
    {
        var result = await TurnAsync(async token =>
        {
            await doNotDisturb.RefreshAsync(runId, token);
            return await runs.StepBackAsync(runId, actor.UserId!, reason, TraceParent, token);
        });
        if (result.Outcome == TurnOutcome.NotRunner)
            await permissions.RefusedAsync(actor, Operation.StepBack, runId, result.Run!.ChannelId);
        return result;
    }

    /// <summary>The runner asks somebody to go instead; the initiator, while nobody goes.</summary>
    /// <param name="actor">A person.</param>
    /// <param name="askedUserId">A member of the run's channel: the caller has checked it.</param>
    public async Task<TurnResult> AskToGoAsync(Guid runId, Actor actor, string askedUserId)
    {
        var result = await TurnAsync(token => runs.AskToGoAsync(runId, actor.UserId!, askedUserId, TraceParent, token));
        if (result.Outcome == TurnOutcome.NotRunner)
            await permissions.RefusedAsync(actor, Operation.AskToGo, runId, result.Run!.ChannelId);
        return result;
    }

    /// <summary>Asks a person who ordered late to take the run over, if they would have been the fairer choice.</summary>
    public Task AskFairerAsync(Guid runId) => TurnAsync(token => runs.AskFairerAsync(runId, TraceParent, token));

    /// <summary>The person who was asked to go says yes or no.</summary>
    /// <param name="actor">A person.</param>
    public async Task<TurnResult> AnswerRequestAsync(Guid runId, Actor actor, bool accepts)
    {
        var result = await TurnAsync(token =>
            runs.AnswerRequestAsync(runId, actor.UserId!, accepts, TraceParent, token)
        );
        if (result is { Outcome: TurnOutcome.NotAsked, Run: not null })
            await permissions.RefusedAsync(actor, Operation.AnswerRequest, runId, result.Run.ChannelId);
        return result;
    }

    private async Task<TurnResult> TurnAsync(Func<CancellationToken, Task<TurnResult>> store)
    {
        var result = await ChangeAsync(
            store,
            result => result.Events,
            result =>
            {
                // The time since the first order is that of the first assignment only.
                if (result.Assigned is { Assigned: true } assigned)
                    metrics.RunnerAssigned(sinceFirstOrder: null, assigned.Spread);
            }
        );
        if (result.Assigned is { Assigned: true, Run: { } run })
            Log.Assigned(logger, run.RunnerUserId!, run.RunId, run.AssignmentReason!);
        return result;
    }
}
