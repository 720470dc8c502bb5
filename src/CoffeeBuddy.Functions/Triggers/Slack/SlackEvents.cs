using System.Text;
using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>Slack's Events API: verified, queued for <c>ProcessSlackEvents</c>, acknowledged.</summary>
public sealed class SlackEvents(SlackEventsTopic topic, IOptions<CoffeeOptions> options)
{
    [Function(nameof(SlackEvents))]
    [SlackSigned(SlackSignedAttribute.Json)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/events")] HttpRequest request,
        FunctionContext context
    )
    {
        var body = context.VerifiedBody();
        if (!SlackEventEnvelope.TryParse(body, out var envelope, out var fault))
            throw SlackRequest.Unreadable(fault);
        // Both ids become part of keys in Kafka and in the database.
        if (envelope.Event?.Channel is { } channel && !SlackIds.IsId(channel))
            throw SlackRequest.Unreadable("no channel id in channel");
        if (envelope.EventId is { } eventId && !SlackIds.IsId(eventId))
            throw SlackRequest.Unreadable("no id in event_id");
        if (envelope.Type == SlackEventEnvelope.UrlVerification)
            return TypedResults.Text(envelope.Challenge, "text/plain");
        if (envelope.Type == SlackEventEnvelope.EventCallback && IsHandled(envelope.Event!))
            await topic.AddAsync(
                EventTypes.SlackEvent,
                Encoding.UTF8.GetString(body),
                envelope.WorkspaceId,
                envelope.Event!.Channel ?? envelope.Event.User ?? envelope.WorkspaceId
            );
        return TypedResults.Ok();
    }

    /// <summary>
    /// Whether <c>ProcessSlackEvents</c> acts on the event. Bots' messages, also our own, and conversation in threads
    /// are not stored.
    /// </summary>
    private bool IsHandled(SlackEvent slackEvent) =>
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

    private bool IsOrder(string text) =>
        Mrkdwn.Unescape(text) is var typed
        && (OrderText.IsWithdrawal(typed) || OrderText.TryParse(typed, options.Value.Menu, out _));
}
