using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Queues <c>coffee.reminder.due</c> for runners who are to be reminded.</summary>
public sealed class QueueReminders(RunActions actions)
{
    [Function(nameof(QueueReminders))]
    public Task RunAsync([TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer) =>
        actions.QueueRemindersAsync();
}
