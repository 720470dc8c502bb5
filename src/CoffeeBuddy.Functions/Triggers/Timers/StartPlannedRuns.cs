using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Opens the planned runs that are due, and tells people of those that were not opened.</summary>
public sealed class StartPlannedRuns(RunActions actions, RunStore runs, PlannedRunMessenger messenger)
{
    [Function(nameof(StartPlannedRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        foreach (var planned in await runs.DuePlannedAsync(RunActions.MostPerSweep, cancellationToken))
        {
            cancellationToken.ThrowIfCancellationRequested();
            await actions.StartPlannedAsync(planned, cancellationToken);
        }
        foreach (var dropped in await runs.UntoldPlannedAsync(RunActions.MostPerSweep, cancellationToken))
        {
            if (!await messenger.TellDroppedAsync(dropped, cancellationToken))
                return;
        }
    }
}
