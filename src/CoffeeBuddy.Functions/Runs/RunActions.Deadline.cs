using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Gives people five minutes more to order. Allowed to the run's initiator and admins.</summary>
    /// <param name="actor">A person.</param>
    public Task<DeadlineResult> ExtendAsync(Guid runId, Actor actor) =>
        ChangeDeadlineAsync(
            runId,
            actor,
            token => runs.ExtendAsync(runId, actor.UserId!, actor.IsAdmin, TraceParent, token)
        );

    /// <summary>Chooses the runner now. Allowed to the run's initiator and admins.</summary>
    /// <param name="actor">A person.</param>
    public Task<DeadlineResult> ChooseNowAsync(Guid runId, Actor actor) =>
        ChangeDeadlineAsync(
            runId,
            actor,
            async token =>
            {
                await doNotDisturb.RefreshAsync(runId, token);
                return await runs.ChooseNowAsync(runId, actor.UserId!, actor.IsAdmin, TraceParent, token);
            }
        );

    private async Task<DeadlineResult> ChangeDeadlineAsync(
        Guid runId,
        Actor actor,
        Func<CancellationToken, Task<DeadlineResult>> store
    )
    {
        var result = await ChangeAsync(
            store,
            result => result.Events,
            result =>
            {
                if (result.Assigned is { Assigned: true, Run: { } run } assigned)
                    metrics.RunnerAssigned(run.AssignedAt - run.FirstOrderAt, assigned.Spread);
            }
        );
        if (result.Outcome == DeadlineOutcome.NotAllowed)
            await permissions.RefusedAsync(actor, Operation.ChangeDeadline, runId, result.Run!.ChannelId);
        return result;
    }
}
