using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Cancels runs that have had no order for too long.</summary>
public sealed class CancelEmptyRuns(RunActions actions)
{
    [Function(nameof(CancelEmptyRuns))]
    public Task RunAsync([TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer) =>
        actions.CancelEmptyAsync();
}
