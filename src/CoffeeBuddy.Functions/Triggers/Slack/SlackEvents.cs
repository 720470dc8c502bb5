using System.Text;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Functions.Security;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Slack;

/// <summary>Slack's Events API: verified, queued for <c>ProcessSlackEvents</c>, acknowledged.</summary>
public sealed partial class SlackEvents(
    SlackEventsTopic topic,
    Permissions permissions,
    RequestLimits limits,
    ReplayCheck replays,
    ThreadMenus menus,
    ILogger<SlackEvents> logger
)
{
    [Function(nameof(SlackEvents))]
    [SlackSigned(SlackSignedAttribute.Json)]
    public async Task<IResult> RunAsync(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", "post", Route = "slack/events")] HttpRequest request,
        FunctionContext context
    )
    {
        var verified = context.VerifiedBody();
        var body = verified.Bytes;
        if (!SlackEventEnvelope.TryParse(body, out var envelope, out var fault))
            throw SlackRequest.Unreadable(fault);
        switch (envelope)
        {
            case { Type: SlackEventEnvelope.UrlVerification }:
                return TypedResults.Text(envelope.Challenge, "text/plain");
            case { Type: SlackEventEnvelope.EventCallback, Event: { } slackEvent }:
                RequireWorkspace(envelope, request);
                return await replays.OnceHereAsync(
                    verified,
                    async () =>
                    {
                        await QueueAsync(envelope, slackEvent, body, context.CancellationToken);
                        return TypedResults.Ok();
                    },
                    static () => TypedResults.Ok()
                );
            case { Type: SlackEventEnvelope.AppRateLimited }:
                Log.RateLimited(logger);
                return TypedResults.Ok();
            default:
                Log.Ignored(logger, envelope.Type, null, envelope.EventId, null);
                return TypedResults.Ok();
        }
    }

    private void RequireWorkspace(SlackEventEnvelope envelope, HttpRequest request)
    {
        // The workspace of an event that is not handled is not read.
        if (envelope.WorkspaceId.Length == 0)
            return;
        try
        {
            permissions.RequireWorkspace(envelope.WorkspaceId, envelope.InstalledEnterpriseId, envelope.Event?.User);
        }
        catch (RequestRefusedException)
        {
            request.HttpContext.Response.Headers["X-Slack-No-Retry"] = "1";
            throw;
        }
    }

    private async Task QueueAsync(
        SlackEventEnvelope envelope,
        SlackEvent slackEvent,
        byte[] body,
        CancellationToken cancellationToken
    )
    {
        // Both ids become part of keys in Kafka and in the database.
        if (slackEvent.Channel is { } channel && !SlackIds.IsId(channel))
            throw SlackRequest.Unreadable("no channel id in channel");
        if (envelope.EventId is { } eventId && !SlackIds.IsId(eventId))
            throw SlackRequest.Unreadable("no id in event_id");
        var menu =
            slackEvent is { BotId: null, Channel: { } place } && IsPersonInThread(slackEvent)
                ? await menus.GetAsync(envelope.WorkspaceId, place, cancellationToken)
                : Menu.Default;
        if (KeyOf(slackEvent, menu) is { } key)
        {
            // Slack repeats what is refused here after a minute and after five.
            if (slackEvent.Person is { } userId)
                limits.RequireOfPerson(userId);
            await topic.AddAsync(EventTypes.SlackEvent, Encoding.UTF8.GetString(body), envelope.WorkspaceId, key);
        }
        else
            Log.Ignored(logger, slackEvent.Type, slackEvent.Subtype, envelope.EventId, slackEvent.Channel);
    }

    /// <summary>
    /// The key under which <c>ProcessSlackEvents</c> handles the event: orders in sequence by channel, everything else
    /// apart from them, so that no order waits for a help text.
    /// </summary>
    /// <param name="menu">That of the channel.</param>
    /// <returns>Null for an event that is not handled. Bots' messages, also our own, and conversation in threads are
    /// not stored.</returns>
    private static string? KeyOf(SlackEvent slackEvent, Menu menu) =>
        slackEvent switch
        {
            { BotId: not null } => null,
            { Type: SlackEvent.AppMention, Channel: { } channel, ThreadTs: not null, Text: { } text }
                when IsOrder(Mrkdwn.WithoutMention(text), menu) => channel,
            // Slack repeats the event when the message is edited.
            { Type: SlackEvent.AppMention, Channel: { } channel, Edited: null } => $"help:{channel}",
            { Type: SlackEvent.AppHomeOpened, Tab: "home", User: { } user } => $"home:{user}",
            {
                Type: SlackEvent.Message,
                Subtype: null or SlackEvent.ThreadBroadcast,
                Channel: { } channel,
                ThreadTs: not null,
                Text: { } text
            } when IsOrder(text, menu) => channel,
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageChanged,
                Channel: { } channel,
                ChangedMessage: { ThreadTs: not null, BotId: null, Text: { } text }
            }
                when slackEvent.IsEditOfText
                    && (IsOrder(text, menu) || IsOrder(slackEvent.PreviousMessage?.Text ?? "", menu)) => channel,
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageDeleted,
                Channel: { } channel,
                PreviousMessage: { ThreadTs: not null, BotId: null, Text: { } text }
            } when IsOrder(text, menu) => channel,
            _ => null,
        };

    /// <summary>Whether the text is about an order, clear or not.</summary>
    private static bool IsOrder(string text, Menu menu) => OrderReplyText.Read(Mrkdwn.Unescape(text), menu) is not null;

    // Most changes of messages are those of our own.
    private static bool IsPersonInThread(SlackEvent slackEvent)
    {
        var message = slackEvent.ChangedMessage ?? slackEvent.PreviousMessage;
        return (slackEvent.ThreadTs ?? message?.ThreadTs) is not null && message?.BotId is null;
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Ignored the event {Type} {Subtype} {EventId} in {ChannelId}")]
        public static partial void Ignored(
            ILogger logger,
            string type,
            string? subtype,
            string? eventId,
            string? channelId
        );

        [LoggerMessage(
            LogLevel.Warning,
            "Slack leaves out events for this app: it sent more than 30,000 within an hour (app_rate_limited)"
        )]
        public static partial void RateLimited(ILogger logger);
    }
}
