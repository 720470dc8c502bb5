using CoffeeBuddy.Data.Sweeps;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Says <c>coffee.reminder.due</c> for every runner who is to be reminded.</summary>
public sealed class QueueReminders(SweepStore sweep, EventPublisher publisher)
{
    [Function(nameof(QueueReminders))]
    public async Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    ) =>
        await publisher.PublishAsync(
            await sweep.QueueDueRemindersAsync(Sweep.Most, context.CancellationToken),
            context.CancellationToken
        );
}
