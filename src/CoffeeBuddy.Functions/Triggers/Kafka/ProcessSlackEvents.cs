using System.Text;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data;
using CoffeeBuddy.Data.Audit;
using CoffeeBuddy.Data.Inbox;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Handles the queued requests of Slack, each once, however often Slack or Kafka deliver it.</summary>
public sealed partial class ProcessSlackEvents(
    ClickHandler clicks,
    EventsApiHandler events,
    ProcessedEvents processed,
    RecordSeal seal,
    PersonLanguages languages,
    TimeProvider time,
    ILogger<ProcessSlackEvents> logger
)
{
    [Function(nameof(ProcessSlackEvents))]
    [ExponentialBackoffRetry(RetryBudget.MaxRetries, RetryBudget.FirstWait, RetryBudget.LongestWait)]
    public Task RunAsync(
        [KafkaTrigger("%Kafka:BootstrapServers%", Topics.SlackEvents, ConsumerGroup = "%Kafka:ConsumerGroup%-slack")]
            KafkaRecord record,
        FunctionContext context
    )
    {
        var cancellationToken = context.CancellationToken;
        var value = seal.Open(record);
        // When the consumer group's offsets are lost, Kafka delivers everything that it still has.
        if (CloudEvent.TimeOf(record) is { } queuedAt && time.GetUtcNow() - queuedAt > ProcessedEvents.Memory)
        {
            Log.TooOld(logger, CloudEvent.TypeOf(record), record.Partition, record.Offset, queuedAt);
            return Task.CompletedTask;
        }

        var retryCount = context.RetryContext?.RetryCount ?? 0;
        string? fault;
        switch (CloudEvent.TypeOf(record))
        {
            // An envelope without an id is no event, for example url_verification.
            case EventTypes.SlackEvent
                when SlackEventEnvelope.TryParse(value, out var envelope, out fault)
                    && envelope is { EventId: not null, Event: not null }:
                return OnceAsync(
                    envelope.Event.Person,
                    EventsApiHandler.KeyOf(envelope),
                    TimeBudget.EventClaim,
                    () => events.HandleAsync(envelope, retryCount, cancellationToken),
                    cancellationToken
                );
            case EventTypes.SlackInteraction
                when Interaction.TryParse(Encoding.UTF8.GetString(value), out var interaction, out fault):
                return OnceAsync(
                    interaction.User.Id,
                    KeyOf(interaction),
                    interaction.Actions is [var action, ..] && Actions.SendsFile(action.ActionId)
                        ? TimeBudget.FileClaim
                        : TimeBudget.EventClaim,
                    () => clicks.HandleAsync(interaction, retryCount, cancellationToken),
                    cancellationToken
                );
            case var type:
                throw new PermanentFailureException($"A record of type {type ?? "(none)"} cannot be read.");
        }
    }

    /// <summary>Identifies a click: the message or view, the time and the person.</summary>
    private static string KeyOf(Interaction interaction) =>
        $"click:{interaction.ChannelId}:{interaction.MessageTs ?? interaction.View?.Id}:{(interaction.Actions is [var action, ..] ? action.ActionTs : null)}:{interaction.User.Id}";

    /// <param name="userId">Whose request it is.</param>
    private async Task OnceAsync(
        string? userId,
        string id,
        TimeSpan claimFor,
        Func<Task> handle,
        CancellationToken cancellationToken
    )
    {
        using var language = languages.UseOf(userId);
        var claim = await processed.ClaimAsync(id, claimFor, cancellationToken);
        switch (claim.State)
        {
            case EventClaimState.Done:
                return;
            case EventClaimState.Busy:
                throw new RetryAfterException(TimeSpan.FromSeconds(1), $"Another worker is handling {id}.");
        }

        AuditOrigin.Current = AuditOrigin.Slack;
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

    private static partial class Log
    {
        [LoggerMessage(
            LogLevel.Warning,
            "Ignored a record of type {Type}, partition {Partition}, offset {Offset}, because it was queued at {QueuedAt}: whether it was handled before is no longer known"
        )]
        public static partial void TooOld(
            ILogger logger,
            string? type,
            int partition,
            long offset,
            DateTimeOffset queuedAt
        );
    }
}
