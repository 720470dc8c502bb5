using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>
/// Assigns the runners of runs whose deadline has passed, or that have enough orders. It reads profiles before, as
/// <c>ProcessOrders</c> does: either of them can be the first to see that an assignment is due.
/// </summary>
public sealed class AssignDueRuns(RunActions actions, RunStore runs, UserProfiles profiles)
{
    [Function(nameof(AssignDueRuns))]
    public Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        var slackAnswers = true;
        return actions.AssignDueAsync(RefreshProfilesAsync, cancellationToken);

        // While Slack does not answer, one run of the sweep waits for it, and the others do not.
        async Task RefreshProfilesAsync(Guid runId)
        {
            if (slackAnswers && await runs.GetAsync(runId, cancellationToken) is { } details)
                slackAnswers = await profiles.RefreshAsync(runId, details.Run.WorkspaceId, cancellationToken);
        }
    }
}
