using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>A runner was assigned, or is to be reminded: says so in the thread and to the runner.</summary>
public sealed class ProcessAssignments(RunStore runs, RunMessenger messenger)
{
    [Function(nameof(ProcessAssignments))]
    [ExponentialBackoffRetry(RetryBudget.MaxRetries, RetryBudget.FirstWait, RetryBudget.LongestWait)]
    public Task RunAsync(
        [KafkaTrigger(
            "%Kafka:BootstrapServers%",
            Topics.Assignments,
            ConsumerGroup = "%Kafka:ConsumerGroup%-assignments",
            IsBatched = true
        )]
            KafkaRecord[] records,
        FunctionContext context
    ) => RunEvents.ForEachRunAsync(records, HandleAsync, context.CancellationToken);

    private async Task HandleAsync(Guid runId, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
    {
        if (
            await runs.GetAsync(runId, cancellationToken)
            is not { Run: { Status: RunStatus.Active, RunnerUserId: not null } } details
        )
            return;

        var head = await messenger.AnnounceAsync(details, cancellationToken);
        await messenger.TellAssignmentAsync(details, head, cancellationToken);
        if (head is not null)
            await messenger.SummarizeAsync(details, head, cancellationToken);
        if (details.Run.ReminderSentAt is null && events.Any(@event => @event.Type == EventTypes.ReminderDue))
        {
            if (await messenger.RemindAsync(details, cancellationToken) is not null)
                await runs.MarkReminderSentAsync(runId, cancellationToken);
        }
    }
}
