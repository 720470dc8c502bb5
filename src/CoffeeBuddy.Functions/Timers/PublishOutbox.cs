using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Timers;

/// <summary>Publishes the events that the requests could not, and says how many still wait.</summary>
public sealed class PublishOutbox(EventPublisher publisher, Outbox outbox, WorkerMetrics metrics)
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
