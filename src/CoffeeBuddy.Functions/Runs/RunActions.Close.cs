using CoffeeBuddy.Data.Runs;

namespace CoffeeBuddy.Functions.Runs;

public sealed partial class RunActions
{
    /// <summary>Marks a run as complete. Allowed to its runner, its initiator and admins.</summary>
    public Task<CloseResult> CompleteAsync(Guid runId, Actor actor) =>
        CloseAsync(token =>
            runs.CompleteAsync(runId, actor.UserId, TraceParent, token, isAdmin: permissions.IsAdmin(actor))
        );

    /// <summary>Cancels a run. Allowed to its initiator, its runner and admins.</summary>
    public Task<CloseResult> CancelAsync(Guid runId, Actor actor) =>
        CloseAsync(token =>
            runs.CancelAsync(runId, actor.UserId, TraceParent, token, isAdmin: permissions.IsAdmin(actor))
        );

    /// <summary>Cancels the channel's active run. Allowed to its initiator, its runner and admins.</summary>
    public Task<CloseResult> CancelInChannelAsync(string channelId, Actor actor) =>
        CloseAsync(token =>
            runs.CancelInChannelAsync(channelId, actor.UserId, TraceParent, token, isAdmin: permissions.IsAdmin(actor))
        );

    private Task<CloseResult> CloseAsync(Func<CancellationToken, Task<CloseResult>> store) =>
        ChangeAsync(
            store,
            result => result.Events,
            result =>
            {
                if (result.Outcome == CloseOutcome.Closed)
                    metrics.RunChanged(result.Run!.Status.ToString().ToLowerInvariant());
            }
        );
}
