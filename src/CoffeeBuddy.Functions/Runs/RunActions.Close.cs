using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Marks a run as complete. Allowed to its runner, its initiator and admins.</summary>
    public Task<CloseResult> CompleteAsync(Guid runId, Actor actor) =>
        CloseAsync(
            actor,
            Operation.CompleteRun,
            token => runs.CompleteAsync(runId, actor.UserId, TraceParent, token, actor.IsAdmin, actor.Subject)
        );

    /// <summary>Cancels a run. Allowed to its initiator, its runner and admins.</summary>
    public Task<CloseResult> CancelAsync(Guid runId, Actor actor) =>
        CloseAsync(
            actor,
            Operation.CancelRun,
            token => runs.CancelAsync(runId, actor.UserId, TraceParent, token, actor.IsAdmin, actor.Subject)
        );

    /// <summary>Cancels the channel's active run. Allowed to its initiator, its runner and admins.</summary>
    /// <param name="actor">A person.</param>
    /// <param name="once">The request, if it may arrive again.</param>
    /// <exception cref="RepeatedRequestException">The request was received before.</exception>
    public Task<CloseResult> CancelInChannelAsync(string channelId, Actor actor, RequestClaim once) =>
        CloseAsync(
            actor,
            Operation.CancelRun,
            token => runs.CancelInChannelAsync(channelId, actor.UserId!, TraceParent, token, actor.IsAdmin, once)
        );

    private async Task<CloseResult> CloseAsync(
        Actor actor,
        Operation operation,
        Func<CancellationToken, Task<CloseResult>> store
    )
    {
        var result = await ChangeAsync(
            store,
            result => result.Events,
            result =>
            {
                if (result.Outcome == CloseOutcome.Closed)
                    metrics.RunChanged(result.Run!.Status.ToString().ToLowerInvariant());
            }
        );
        if (result.Outcome == CloseOutcome.NotAllowed)
            await permissions.RefusedAsync(actor, operation, result.Run!.RunId, result.Run.ChannelId);
        return result;
    }
}
