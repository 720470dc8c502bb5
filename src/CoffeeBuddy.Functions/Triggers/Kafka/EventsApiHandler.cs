using CoffeeBuddy.Core;
using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Slack's events: mentions, orders written in a run's thread, and App Home being opened.</summary>
public sealed partial class EventsApiHandler(
    RunActions actions,
    RunStore runs,
    AppHome home,
    SlackClient slack,
    IOptions<CoffeeOptions> options,
    ILogger<EventsApiHandler> logger
)
{
    public Task HandleAsync(SlackEventEnvelope envelope, CancellationToken cancellationToken) =>
        envelope.Event! switch
        {
            { Type: SlackEvent.AppMention, Channel: { } channel, Ts: { } ts } mention => slack.PostMessageAsync(
                channel,
                Replies.Help(),
                mention.ThreadTs ?? ts,
                envelope.WorkspaceId,
                tag: null,
                cancellationToken
            ),
            { Type: SlackEvent.AppHomeOpened, User: { } userId } => home.PublishAsync(
                envelope.WorkspaceId,
                userId,
                cancellationToken
            ),
            {
                Type: SlackEvent.Message,
                Subtype: null or SlackEvent.ThreadBroadcast,
                Channel: { } channel,
                ThreadTs: { } thread,
                User: { } userId,
                Text: { } text
            } written => TakeOrderAsync(
                channel,
                thread,
                userId,
                text,
                SlackTimestamp.Read(written.Ts),
                cancellationToken
            ),
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageChanged,
                Channel: { } channel,
                ChangedMessage: { ThreadTs: { } thread, User: { } userId, Text: { } text }
            } changed => TakeOrderAsync(
                channel,
                thread,
                userId,
                text,
                SlackTimestamp.Read(changed.EventTs),
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    /// <summary>
    /// An order, or its withdrawal, written in the thread of an active run. Other text is conversation.
    /// </summary>
    private async Task TakeOrderAsync(
        string channelId,
        string threadTs,
        string userId,
        string text,
        DateTimeOffset? writtenAt,
        CancellationToken cancellationToken
    )
    {
        text = Mrkdwn.Unescape(text);
        var withdraws = OrderText.IsWithdrawal(text);
        if (!OrderText.TryParse(text, options.Value.Menu, out var drink) && !withdraws)
            return;
        if (
            await runs.FindByThreadAsync(channelId, threadTs, cancellationToken) is not { } run
            || !RunRules.AcceptsOrders(run)
        )
            return;

        var result = withdraws
            ? await actions.WithdrawAsync(run.RunId, userId, writtenAt)
            : await actions.OrderAsync(new(run.RunId, userId, DisplayName: null, drink!, Note: null, AsOf: writtenAt));
        Log.OrderRead(logger, run.RunId, userId, result.Outcome);
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Order of {UserId} read in the thread of run {RunId}: {Outcome}")]
        public static partial void OrderRead(ILogger logger, Guid runId, string userId, OrderOutcome outcome);
    }
}
