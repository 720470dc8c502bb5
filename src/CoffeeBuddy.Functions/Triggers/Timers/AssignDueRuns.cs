using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>
/// Assigns the runners of runs whose deadline has passed, or that have enough orders. Profiles are refreshed before, as
/// in <c>ProcessOrders</c>: either function can be the first to see that an assignment is due.
/// </summary>
public sealed class AssignDueRuns(RunActions actions, SweepStore sweeps, UserProfiles profiles)
{
    [Function(nameof(AssignDueRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        var slackAnswers = true;
        foreach (
            var (runId, workspaceId) in await sweeps.RunsDueForAssignmentAsync(
                RunActions.MostPerSweep,
                cancellationToken
            )
        )
        {
            cancellationToken.ThrowIfCancellationRequested();
            // When Slack does not answer for one run, this sweep does not ask it again for the others.
            slackAnswers = slackAnswers && await profiles.RefreshAsync(runId, workspaceId, cancellationToken);
            await actions.AssignIfDueAsync(runId);
        }
    }
}
