using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Api;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>
/// A run was completed or cancelled: tells everyone who ordered, and removes the buttons from its messages.
/// </summary>
public sealed class ProcessCompletions(RunEvents runEvents, RunStore runs, RunMessenger messenger)
{
    [Function(nameof(ProcessCompletions))]
    [ExponentialBackoffRetry(RetryBudget.MaxRetries, RetryBudget.FirstWait, RetryBudget.LongestWait)]
    public Task RunAsync(
        [KafkaTrigger(
            "%Kafka:BootstrapServers%",
            Topics.Completions,
            ConsumerGroup = "%Kafka:ConsumerGroup%-completions",
            IsBatched = true
        )]
            KafkaRecord[] records,
        FunctionContext context
    ) => runEvents.ForEachRunAsync(records, (runId, _, token) => HandleAsync(runId, token), context.CancellationToken);

    private async Task HandleAsync(Guid runId, CancellationToken cancellationToken)
    {
        if (await runs.GetAsync(runId, cancellationToken) is not { Run.Status: not RunStatus.Active } details)
            return;

        // It is missing where the run ended before Slack could be reached.
        var known = details.Message(MessageKinds.Announcement);
        var announcement = known is { ChannelId: { } channel, Ts: { } ts }
            ? new PostedMessage(channel, ts)
            : await messenger.AnnounceAsync(details, cancellationToken);
        // First what people wait for, then the update of the older messages.
        await Steps.RunAsync(
            () => messenger.TellClosedAsync(details, announcement, cancellationToken),
            async () =>
            {
                if (details.Run.RunnerUserId is not null)
                    await messenger.TellRunnerAsync(details, cancellationToken);
            },
            () => messenger.CloseRemindersAsync(details, cancellationToken),
            () => messenger.TellBackAsync(details, announcement, cancellationToken),
            () => messenger.TellOthersAsync(details, cancellationToken),
            () => messenger.CloseAssignmentAsync(details, announcement, cancellationToken),
            async () =>
            {
                if (announcement is null)
                    return;
                await messenger.AnnounceAsync(details, cancellationToken);
                await messenger.SummarizeAsync(details, announcement, cancellationToken);
            }
        );
    }
}
