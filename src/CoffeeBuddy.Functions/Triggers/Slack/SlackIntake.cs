using System.Buffers;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>
/// Accepts verified requests that need no answer in 3 s: onto <c>slack.events</c>, or while Kafka is away into the
/// outbox for that topic. Once accepted, a request is not lost.
/// </summary>
public sealed class SlackIntake(
    EventPublisher publisher,
    OutboxStore outbox,
    IOptions<CoffeeOptions> options,
    TimeProvider time
)
{
    private static readonly string[] Unneeded = ["token", "trigger_id", "message", "authorizations"];

    /// <summary>CloudEvents type of a record that holds an Events API request.</summary>
    public const string EventType = "slack.event";

    /// <summary>CloudEvents type of a record that holds an interaction's payload.</summary>
    public const string InteractionType = "slack.interaction";

    /// <summary>Whether anybody acts on the event. Our own messages and other bots' never count, and what people talk about in threads is none of our business.</summary>
    public bool IsOfInterest(SlackEvent slackEvent) =>
        slackEvent switch
        {
            { BotId: not null } => false,
            { Type: SlackEvent.AppMention } => true,
            { Type: SlackEvent.AppHomeOpened, Tab: "home" } => true,
            {
                Type: SlackEvent.Message,
                Subtype: null or SlackEvent.ThreadBroadcast,
                ThreadTs: not null,
                Text: { } text
            } => IsOrder(text),
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageChanged,
                ChangedMessage: { ThreadTs: not null, BotId: null, Text: { } text }
            } => IsOrder(text),
            _ => false,
        };

    /// <param name="key">What keeps its order: the channel, or the person.</param>
    /// <exception cref="RequestRefusedException">400: it holds text that is not Unicode.</exception>
    /// <exception cref="DatabaseUnavailableException">Neither Kafka nor the outbox took it. Slack sends events again by itself.</exception>
    public async Task AcceptAsync(
        string type,
        string payload,
        string workspaceId,
        string key,
        CancellationToken cancellationToken
    )
    {
        var messageKey = $"{workspaceId}:{key}";
        payload = WithoutWhatNobodyNeeds(payload);
        var record = new OutboxEvent(
            0,
            Guid.CreateVersion7(time.GetUtcNow()),
            Topics.SlackEvents,
            messageKey,
            type,
            payload,
            SlackAnswers.TraceParent,
            time.GetUtcNow()
        );
        if (!await publisher.TryPublishAsync(record, cancellationToken))
            await outbox.AddAsync(
                Topics.SlackEvents,
                messageKey,
                type,
                payload,
                SlackAnswers.TraceParent,
                cancellationToken
            );
    }

    private bool IsOrder(string text) =>
        Mrkdwn.Unescape(text) is var typed
        && (OrderText.IsWithdrawal(typed) || OrderText.TryParse(typed, options.Value.Menu, out _));

    // The message that holds a clicked button lists what people drink; the others open doors, if only for seconds.
    private static string WithoutWhatNobodyNeeds(string payload)
    {
        using var json = JsonDocument.Parse(payload);
        var kept = new ArrayBufferWriter<byte>(payload.Length);
        using (var writer = new Utf8JsonWriter(kept))
        {
            writer.WriteStartObject();
            try
            {
                foreach (
                    var member in json.RootElement.EnumerateObject().Where(member => !Unneeded.Any(member.NameEquals))
                )
                    member.WriteTo(writer);
            }
            catch (InvalidOperationException)
            {
                throw SlackAnswers.Unreadable("text that is not Unicode");
            }

            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(kept.WrittenSpan);
    }
}
