using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Cancels runs in which nobody has ordered for too long.</summary>
public sealed class CancelEmptyRuns(SweepStore sweep, EventPublisher publisher, WorkerMetrics metrics)
{
    [Function(nameof(CancelEmptyRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        var cancelled = await sweep.CancelEmptyRunsAsync(Sweep.Most, context.CancellationToken);
        metrics.RunsChanged("cancelled", cancelled.Count);
        await publisher.PublishAsync(cancelled, context.CancellationToken);
    }
}
