using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Messages;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>A run was completed or cancelled: tells everyone who ordered, and takes the buttons off its messages.</summary>
public sealed class ProcessCompletions(RunStore runs, RunMessenger messenger)
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
    ) => RunEvents.ForEachRunAsync(records, (runId, _, token) => HandleAsync(runId, token), context.CancellationToken);

    private async Task HandleAsync(Guid runId, CancellationToken cancellationToken)
    {
        if (await runs.GetAsync(runId, cancellationToken) is not { Run.Status: not RunStatus.Active } details)
            return;

        // The head may never have been posted: a run can end before Slack could be reached.
        var known = details.Message(MessageKinds.Announcement);
        var head = known is { ChannelId: { } channel, Ts: { } ts }
            ? new CoffeeBuddy.Slack.Api.PostedMessage(channel, ts)
            : await messenger.AnnounceAsync(details, cancellationToken);
        // What people wait for first, then the tidying up.
        await messenger.TellClosedAsync(details, head, cancellationToken);
        if (head is not null)
        {
            await messenger.AnnounceAsync(details, cancellationToken);
            await messenger.SummarizeAsync(details, head, cancellationToken);
        }

        if (details.Run.RunnerUserId is null)
            return;
        await messenger.TellRunnerAsync(details, cancellationToken);
        await messenger.CloseReminderAsync(details, cancellationToken);
    }
}
