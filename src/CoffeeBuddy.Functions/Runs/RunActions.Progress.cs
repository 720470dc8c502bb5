using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

/// <summary>The runner's way: leaves, is back, and everybody collects.</summary>
public sealed partial class RunActions
{
    /// <summary>The runner leaves, which closes the orders. Allowed to the runner and admins.</summary>
    /// <param name="actor">A person.</param>
    public Task<ProgressResult> LeaveAsync(Guid runId, Actor actor) =>
        ProgressAsync(
            runId,
            actor,
            Operation.ReportProgress,
            token => runs.LeaveAsync(runId, actor.UserId!, actor.IsAdmin, TraceParent, token)
        );

    /// <summary>The runner is back, and everybody can collect. Allowed to the runner and admins.</summary>
    /// <param name="actor">A person.</param>
    public Task<ProgressResult> ComeBackAsync(Guid runId, Actor actor) =>
        ProgressAsync(
            runId,
            actor,
            Operation.ReportProgress,
            token => runs.ComeBackAsync(runId, actor.UserId!, actor.IsAdmin, TraceParent, token)
        );

    /// <summary>A person has taken their drinks from the runner.</summary>
    /// <param name="actor">A person.</param>
    public Task<ProgressResult> CollectAsync(Guid runId, Actor actor) =>
        ProgressAsync(
            runId,
            actor,
            Operation.CollectOrder,
            token => runs.CollectAsync(runId, actor.UserId!, TraceParent, token)
        );

    private async Task<ProgressResult> ProgressAsync(
        Guid runId,
        Actor actor,
        Operation operation,
        Func<CancellationToken, Task<ProgressResult>> store
    )
    {
        var result = await ChangeAsync(store, result => result.Events, count: _ => { });
        if (result.Outcome == ProgressOutcome.NotAllowed)
            await permissions.RefusedAsync(actor, operation, runId, result.Run!.ChannelId);
        return result;
    }
}
