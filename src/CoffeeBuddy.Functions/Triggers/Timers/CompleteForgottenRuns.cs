using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Completes runs whose runner did not, and cancels those for which nobody can go.</summary>
public sealed class CompleteForgottenRuns(RunActions actions)
{
    [Function(nameof(CompleteForgottenRuns))]
    public async Task RunAsync([TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer)
    {
        await actions.CompleteForgottenAsync();
        await actions.CancelUndecidedAsync();
    }
}
