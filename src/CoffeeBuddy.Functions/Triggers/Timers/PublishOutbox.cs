using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Timers;

/// <summary>Publishes the events that could not be published with their change.</summary>
public sealed class PublishOutbox(RunActions actions)
{
    [Function(nameof(PublishOutbox))]
    public Task RunAsync(
        [TimerTrigger("%Sweep:Schedule%", UseMonitor = false)] TimerInfo timer,
        FunctionContext context
    ) => actions.PublishOutboxAsync(context.CancellationToken);
}
