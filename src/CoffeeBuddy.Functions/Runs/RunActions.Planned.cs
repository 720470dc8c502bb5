using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Core.Users;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>Runs that are opened later.</summary>
public sealed partial class RunActions
{
    /// <summary>Plans a run. Allowed to those who may open one now.</summary>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<PlanResult> PlanAsync(PlanRun command) =>
        ChangeAsync(
            token =>
                runs.PlanAsync(
                    command with
                    {
                        DisplayName = command.DisplayName is { } name ? PlainName.Of(name) : null,
                        ChannelName = command.ChannelName is { } channel ? PlainName.Of(channel) : null,
                    },
                    token
                ),
            events: _ => [],
            count: _ => { }
        );

    /// <summary>Cancels a planned run. Allowed to the person who planned it.</summary>
    /// <param name="actor">A person.</param>
    public async Task<PlanResult> CancelPlannedAsync(Guid runId, Actor actor)
    {
        var result = await ChangeAsync(
            token => runs.CancelPlannedAsync(runId, actor.UserId!, token),
            events: _ => [],
            count: _ => { }
        );
        if (result.Outcome == PlanOutcome.NotAllowed)
            await permissions.RefusedAsync(actor, Operation.CancelPlannedRun, runId: null, result.Planned!.ChannelId);
        return result;
    }

    /// <summary>
    /// Opens the run of a planned run that is due, or drops it: each at one replica only. One that cannot be decided on
    /// now stays due.
    /// </summary>
    public async Task StartPlannedAsync(PlannedRun planned, CancellationToken cancellationToken)
    {
        var (answered, refusal) = await plannedRuns.AskAsync(planned, cancellationToken);
        if (!answered)
            return;
        if (refusal is { } reason)
        {
            await ChangeAsync(
                async token =>
                {
                    await runs.DropPlannedAsync(planned.RunId, reason, token);
                    return true;
                },
                events: _ => [],
                count: _ => { }
            );
            return;
        }
        try
        {
            await OpenAsync(
                new(
                    planned.WorkspaceId,
                    planned.ChannelId,
                    planned.InitiatorUserId,
                    ChannelName: planned.ChannelName,
                    PlannedRunId: planned.RunId
                )
            );
        }
        catch (ActiveRunLimitException)
        {
            // It is dropped.
        }
        catch (PlannedRunEndedException)
        {
            // Another replica was first, or the person has cancelled it.
        }
    }
}
