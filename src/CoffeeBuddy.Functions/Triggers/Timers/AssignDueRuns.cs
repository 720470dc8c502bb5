using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Assigns the runners of runs whose deadline has come.</summary>
public sealed class AssignDueRuns(SweepStore sweep, RunAssigner assigner)
{
    [Function(nameof(AssignDueRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        foreach (var runId in await sweep.RunsDueForAssignmentAsync(Sweep.Most, context.CancellationToken))
            await assigner.AssignIfDueAsync(runId, context.CancellationToken);
    }
}
