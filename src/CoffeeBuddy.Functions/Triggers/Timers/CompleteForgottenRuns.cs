using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Completes runs whose runner did not.</summary>
public sealed class CompleteForgottenRuns(RunActions actions)
{
    [Function(nameof(CompleteForgottenRuns))]
    public Task RunAsync([TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer) =>
        actions.CompleteForgottenAsync();
}
