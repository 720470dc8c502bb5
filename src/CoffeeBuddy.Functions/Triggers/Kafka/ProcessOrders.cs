using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// A run was opened, or its orders changed: assigns the runner when that is due, announces the run, keeps the thread's
/// summary and the runner's message up to date, and confirms orders. A burst of one run is one update.
/// </summary>
public sealed class ProcessOrders(RunStore runs, RunAssigner assigner, RunMessenger messenger, UserProfiles profiles)
{
    [Function(nameof(ProcessOrders))]
    [ExponentialBackoffRetry(RetryBudget.MaxRetries, RetryBudget.FirstWait, RetryBudget.LongestWait)]
    public Task RunAsync(
        [KafkaTrigger(
            "%Kafka:BootstrapServers%",
            Topics.Orders,
            ConsumerGroup = "%Kafka:ConsumerGroup%-orders",
            IsBatched = true
        )]
            KafkaRecord[] records,
        FunctionContext context
    ) => RunEvents.ForEachRunAsync(records, HandleAsync, context.CancellationToken);

    private async Task HandleAsync(Guid runId, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
    {
        // The decision first: it needs no Slack, and its own event brings it there.
        await assigner.AssignIfDueAsync(runId, cancellationToken);
        if (await runs.GetAsync(runId, cancellationToken) is not { } details)
            return;
        if (details.Run.Status != RunStatus.Active)
            return; // Its completion or cancellation tells everything that is left to tell.

        // Somebody has done something here: perhaps they have also invited the app, which could not post before.
        var head = await messenger.AnnounceAsync(details, cancellationToken, retryRefused: true);
        if (head is not null)
            await messenger.SummarizeAsync(details, head, cancellationToken, retryRefused: true);
        var authors = events
            .Where(@event => @event.Type == EventTypes.OrderPlaced)
            .Select(@event => @event.Data.UserId)
            .ToHashSet();
        await messenger.ConfirmAsync(
            details.Run,
            details.Orders.Where(order => authors.Contains(order.UserId)),
            head,
            cancellationToken
        );
        if (details.Message(MessageKinds.RunnerDm, details.Run.RunnerUserId ?? "") is not null)
            await messenger.TellRunnerAsync(details, cancellationToken);
        await profiles.RefreshAsync(details, cancellationToken);
    }
}
