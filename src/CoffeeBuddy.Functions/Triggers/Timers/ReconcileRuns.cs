using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Queues runs whose Slack messages lag behind the database.</summary>
public sealed class ReconcileRuns(RunActions actions, IOptions<SweepOptions> options)
{
    [Function(nameof(ReconcileRuns))]
    public Task RunAsync([TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer) =>
        actions.RequeueLaggingAsync(options.Value.ReconcileAfter);
}
