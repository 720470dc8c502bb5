using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// A runner was assigned, is to be reminded, cannot go, has left or is back, somebody is asked to take over or has
/// collected: posts it in the thread, tells the runner, and everybody else whose message changes.
/// </summary>
public sealed class ProcessAssignments(RunEvents runEvents, RunActions actions, RunStore runs, RunMessenger messenger)
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
    ) => runEvents.ForEachRunAsync(records, HandleAsync, context.CancellationToken);

    private async Task HandleAsync(Guid runId, IReadOnlyList<RunEvent> events, CancellationToken cancellationToken)
    {
        if (await runs.GetAsync(runId, cancellationToken) is not { Run.Status: RunStatus.Active } details)
            return;

        await Steps.RunAsync(
            async () =>
            {
                var announcement = await messenger.AnnounceAsync(details, cancellationToken);
                await messenger.TellBackAsync(details, announcement, cancellationToken);
                if (details.Run.RunnerUserId is null)
                    await messenger.TellUndecidedAsync(details, announcement, cancellationToken);
                else
                    await messenger.TellAssignmentAsync(details, announcement, cancellationToken);
                if (announcement is not null)
                    await messenger.SummarizeAsync(details, announcement, cancellationToken);
            },
            () =>
                details.Run.RunnerUserId is null
                    ? Task.CompletedTask
                    : TellRunnerAsync(details, events, cancellationToken),
            () => messenger.TellOthersAsync(details, cancellationToken)
        );
    }

    /// <summary>
    /// Sends the runner the list, and the reminder when that is due. When Slack refuses direct messages to this person,
    /// the next fairest becomes the runner; its own event tells them.
    /// </summary>
    private async Task TellRunnerAsync(
        RunDetails details,
        IReadOnlyList<RunEvent> events,
        CancellationToken cancellationToken
    )
    {
        var (runId, runner) = (details.Run.RunId, details.Run.RunnerUserId!);
        if (await messenger.TellRunnerAsync(details, cancellationToken) is null)
        {
            var told = await runs.GetAsync(runId, cancellationToken);
            if (told?.Message(MessageKinds.RunnerDm, runner)?.Error is { } error && SlackErrors.IsAboutRecipient(error))
                await actions.ReplaceRunnerAsync(runId, runner, error);
            return;
        }
        if (
            RunRules.ReminderIsQueued(details.Run)
            && events.Any(@event => @event.Type == EventTypes.ReminderDue)
            && await actions.PrepareReminderAsync(details.Run, cancellationToken) is { } settings
            && await messenger.RemindAsync(details, settings.ReminderInThread, cancellationToken) is not null
        )
            await actions.MarkReminderSentAsync(details.Run);
    }
}
