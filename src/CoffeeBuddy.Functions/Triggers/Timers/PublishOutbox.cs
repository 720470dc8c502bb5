using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Publishes the events that the requests could not, and says how many still wait.</summary>
public sealed class PublishOutbox(EventPublisher publisher, OutboxStore outbox, WorkerMetrics metrics)
{
    [Function(nameof(PublishOutbox))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    )
    {
        await publisher.PublishPendingAsync(context.CancellationToken);
        metrics.OutboxHolds(await outbox.CountPendingAsync(context.CancellationToken));
    }
}
