using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Assigns the runners of runs whose deadline has passed.</summary>
public sealed class AssignDueRuns(RunActions actions)
{
    [Function(nameof(AssignDueRuns))]
    public Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    ) => actions.AssignDueAsync(context.CancellationToken);
}
