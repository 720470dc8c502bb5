using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Completes runs whose runner forgot to: the channel's next <c>/coffee</c> starts a new one.</summary>
public sealed class CompleteForgottenRuns(SweepStore sweep, EventPublisher publisher, WorkerMetrics metrics)
{
    [Function(nameof(CompleteForgottenRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var completed = await sweep.CompleteForgottenRunsAsync(Sweep.Most, context.CancellationToken);
        metrics.RunsChanged("completed", completed.Count);
        await publisher.PublishAsync(completed, context.CancellationToken);
    }
}
