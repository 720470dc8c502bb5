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
/// summary and the runner's message up to date, and confirms orders. Orders of one run that arrive together are one
/// update.
/// </summary>
public sealed class ProcessOrders(
    RunEvents runEvents,
    RunStore runs,
    RunActions actions,
    RunMessenger messenger,
    UserProfiles profiles
)
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
    ) =>
        runEvents.ForEachRunAsync(
            records,
            (runId, events, token) => HandleAsync(runId, events, context.RetryContext?.RetryCount ?? 0, token),
            context.CancellationToken
        );

    private async Task HandleAsync(
        Guid runId,
        IReadOnlyList<RunEvent> events,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var authors = events
            .Where(@event => @event.Type == EventTypes.OrderPlaced)
            .Select(@event => @event.Data.UserId)
            .ToHashSet();
        // Before the assignment, for every type of event: nobody is chosen who is deactivated or cannot be told.
        await profiles.RefreshAsync(runId, events[0].Data.WorkspaceId, cancellationToken);
        // Before the messages, because it does not depend on them; its own event brings the assignment to Slack.
        await actions.AssignIfDueAsync(runId);
        if (await runs.GetAsync(runId, cancellationToken) is not { } details)
            return;
        if (details.Run.AssignedAt is { } assignedAt && details.Orders.Any(order => order.CreatedAt > assignedAt))
            await actions.AskFairerAsync(runId);
        if (details.Run.Status != RunStatus.Active)
            return; // ProcessCompletions updates the messages of a run that is over.

        // A repetition of the record asks no channel again that has refused the messages.
        var retryRefused =
            retryCount > 0 ? RetryRefused.No
            : events.Any(@event => @event.Type == EventTypes.RunCreated) ? RetryRefused.Yes
            : RetryRefused.Seldom;
        await Steps.RunAsync(
            async () =>
            {
                var announcement = await messenger.AnnounceAsync(details, cancellationToken, retryRefused);
                await Steps.RunAsync(
                    () =>
                        announcement is null
                            ? Task.CompletedTask
                            : messenger.SummarizeAsync(details, announcement, cancellationToken, retryRefused),
                    () =>
                        messenger.ConfirmAsync(
                            details.Run,
                            details.Orders.Where(order => authors.Contains(order.UserId)),
                            announcement,
                            retryCount,
                            cancellationToken
                        )
                );
            },
            () =>
                details.Message(MessageKinds.RunnerDm, details.Run.RunnerUserId ?? "") is null
                    ? Task.CompletedTask
                    : messenger.TellRunnerAsync(details, cancellationToken)
        );
    }
}
