using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Queues runs again whose messages lag behind what is stored: losing all of Kafka loses nothing but time (DESIGN §3.5).</summary>
public sealed class ReconcileRuns(SweepStore sweep, EventPublisher publisher, IOptions<SweepOptions> options)
{
    [Function(nameof(ReconcileRuns))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    ) =>
        await publisher.PublishAsync(
            await sweep.RequeueLaggingAsync(Sweep.Most, options.Value.ReconcileAfter, context.CancellationToken),
            context.CancellationToken
        );
}
