using System.Text;
using CoffeeBuddy.Core;
using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Messages;
using CoffeeBuddy.Functions.Slack;
using CoffeeBuddy.Slack;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Kafka;

/// <summary>Does what verified Slack requests ask for that needed no answer in 3 s; each of them once, however often Slack or Kafka deliver it.</summary>
public sealed class ProcessSlackEvents(ClickHandler clicks, SlackEventProcessor events, ProcessedEvents processed)
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    [Function(nameof(ProcessSlackEvents))]
    [ExponentialBackoffRetry(RetryBudget.MaxRetries, RetryBudget.FirstWait, RetryBudget.LongestWait)]
    public Task RunAsync(
        [KafkaTrigger("%Kafka:BootstrapServers%", Topics.SlackEvents, ConsumerGroup = "%Kafka:ConsumerGroup%-slack")]
            KafkaRecord record,
        FunctionContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        string? fault;
        switch (CloudEvent.TypeOf(record))
        {
            // Slack's url_verification is an envelope too, but nothing that happened: it has no id.
            case SlackIntake.EventType
                when SlackEventEnvelope.TryParse(record.Value, out var envelope, out fault)
                    && envelope is { EventId: { } id, Event: not null }:
                return OnceAsync(id, () => events.HandleAsync(envelope, cancellationToken), cancellationToken);
            case SlackIntake.InteractionType
                when Interaction.TryParse(Encoding.UTF8.GetString(record.Value ?? []), out var interaction, out fault):
                return OnceAsync(
                    KeyOf(interaction),
                    () => clicks.HandleAsync(interaction, cancellationToken),
                    cancellationToken
                );
            case var type:
                throw new PermanentFailureException($"A record of type {type ?? "(none)"} cannot be read.");
        }
    }

    /// <summary>The click's key (SLACK.md): the message or view, the moment and the person.</summary>
    private static string KeyOf(Interaction interaction) =>
        $"click:{interaction.ChannelId}:{interaction.MessageTs ?? interaction.View?.Id}:{(interaction.Actions is [var action, ..] ? action.ActionTs : null)}:{interaction.User.Id}";

    private async Task OnceAsync(string id, Func<Task> handle, CancellationToken cancellationToken)
    {
        var claim = await processed.ClaimAsync(id, Lease, cancellationToken);
        switch (claim.State)
        {
            case EventClaimState.Done:
                return;
            case EventClaimState.Busy:
                throw new RetryAfterException(TimeSpan.FromSeconds(1), $"Another worker is handling {id}.");
        }

        try
        {
            await handle();
        }
        catch
        {
            await processed.ReleaseAsync(claim, CancellationToken.None);
            throw;
        }

        await processed.DoneAsync(claim, CancellationToken.None);
    }
}
