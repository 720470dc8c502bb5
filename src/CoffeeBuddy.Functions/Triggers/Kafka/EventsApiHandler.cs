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
    Courtesies courtesies,
    TimeProvider time,
    IOptions<CoffeeOptions> options,
    ILogger<EventsApiHandler> logger
)
{
    /// <summary>
    /// A question is answered within this time. Later nobody waits for it, and after a restore of the database it was
    /// answered before.
    /// </summary>
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromHours(1);

    private const string HelpText = "help";

    /// <summary>
    /// Identifies what happened in Slack. Slack can send one message under several event ids, so a message counts by
    /// channel, time and edit.
    /// </summary>
    public static string KeyOf(SlackEventEnvelope envelope) =>
        envelope.Event! switch
        {
            { Type: SlackEvent.AppMention, Channel: { } channel, Ts: { } ts } mention =>
                $"mention:{channel}:{ts}:{mention.Edited?.Ts}",
            { Type: SlackEvent.Message, Channel: { } channel, ChangedMessage: { Ts: { } ts } changed } =>
                $"message:{channel}:{ts}:{changed.Edited?.Ts}",
            { Type: SlackEvent.Message, Channel: { } channel, Ts: { } ts } => $"message:{channel}:{ts}:",
            _ => envelope.EventId!,
        };

    /// <param name="retryCount">How often the record was repeated so far.</param>
    public Task HandleAsync(SlackEventEnvelope envelope, int retryCount, CancellationToken cancellationToken) =>
        envelope.Event! switch
        {
            { Type: SlackEvent.AppMention, Channel: not null, Ts: not null } mention => AnswerMentionAsync(
                envelope.WorkspaceId,
                mention,
                retryCount,
                cancellationToken
            ),
            { Type: SlackEvent.AppHomeOpened, User: { } userId } => courtesies.TryAsync(
                "The Home tab",
                userId,
                retryCount,
                () => home.PublishAsync(envelope.WorkspaceId, userId, cancellationToken)
            ),
            {
                Type: SlackEvent.Message,
                Subtype: null or SlackEvent.ThreadBroadcast,
                Channel: { } channel,
                ThreadTs: { } thread,
                User: { } userId,
                Text: { } text
            } written => TakeThreadOrderAsync(
                envelope.WorkspaceId,
                channel,
                thread,
                userId,
                text,
                written.Ts,
                retryCount,
                cancellationToken
            ),
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageChanged,
                Channel: { } channel,
                ChangedMessage: { ThreadTs: { } thread, User: { } userId, Text: { } text } changed
            } written when written.IsEditOfText => TakeThreadOrderAsync(
                envelope.WorkspaceId,
                channel,
                thread,
                userId,
                text,
                changed.Edited!.Ts,
                retryCount,
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    /// <summary>
    /// In a run's thread a mention is an order; one that is not understood is asked back, for the writer only.
    /// Elsewhere it asks for help.
    /// </summary>
    private async Task AnswerMentionAsync(
        string workspaceId,
        SlackEvent mention,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var (channel, userId) = (mention.Channel!, mention.User ?? "");
        var text = Mrkdwn.WithoutMention(mention.Text ?? "");
        if (
            mention.ThreadTs is { } thread
            && await runs.FindByThreadAsync(channel, thread, cancellationToken) is { } run
            && run.Status == RunStatus.Active
            && !text.Equals(HelpText, StringComparison.OrdinalIgnoreCase)
        )
        {
            if (userId.Length > 0 && TryRead(text, out var drink))
                await TakeOrderAsync(
                    workspaceId,
                    run,
                    thread,
                    userId,
                    drink,
                    mention.Edited?.Ts ?? mention.Ts,
                    retryCount,
                    cancellationToken
                );
            else if (IsQuestion(mention))
                await courtesies.TryAsync(
                    "The answer to an order that was not understood",
                    userId,
                    retryCount,
                    () =>
                        slack.PostEphemeralAsync(
                            channel,
                            userId,
                            Replies.NotUnderstood(),
                            thread,
                            workspaceId,
                            cancellationToken
                        )
                );
            return;
        }

        if (IsQuestion(mention))
            await courtesies.TryAsync(
                "Help",
                userId,
                retryCount,
                () =>
                    slack.PostMessageAsync(
                        channel,
                        Replies.Help(),
                        mention.ThreadTs ?? mention.Ts,
                        workspaceId,
                        tag: null,
                        cancellationToken
                    )
            );
    }

    private bool IsQuestion(SlackEvent mention) =>
        mention.Edited is null
        && SlackTimestamp.Read(mention.Ts) is var askedAt
        && (askedAt is null || time.GetUtcNow() - askedAt < AnswerWithin);

    /// <summary>
    /// An order, or its withdrawal, written in the thread of an active run. Other text is conversation.
    /// </summary>
    private async Task TakeThreadOrderAsync(
        string workspaceId,
        string channelId,
        string threadTs,
        string userId,
        string text,
        string? writtenTs,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        if (
            TryRead(text, out var drink)
            && await runs.FindByThreadAsync(channelId, threadTs, cancellationToken) is { } run
            && run.Status == RunStatus.Active
        )
            await TakeOrderAsync(workspaceId, run, threadTs, userId, drink, writtenTs, retryCount, cancellationToken);
    }

    /// <summary>Reads the text of an event as an order or a withdrawal.</summary>
    /// <param name="drink">Null for a withdrawal.</param>
    private bool TryRead(string text, out Drink? drink)
    {
        text = Mrkdwn.Unescape(text);
        drink = null;
        return OrderText.IsWithdrawal(text) || OrderText.TryParse(text, options.Value.Menu, out drink);
    }

    /// <param name="drink">Null withdraws the order.</param>
    private async Task TakeOrderAsync(
        string workspaceId,
        CoffeeRun run,
        string threadTs,
        string userId,
        Drink? drink,
        string? writtenTs,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var writtenAt = SlackTimestamp.Read(writtenTs);
        var result = drink is null
            ? await actions.WithdrawAsync(run.RunId, userId, writtenAt)
            : await actions.OrderAsync(new(run.RunId, userId, DisplayName: null, drink, Note: null, AsOf: writtenAt));
        Log.OrderRead(logger, run.RunId, userId, result.Outcome);
        if (result.Outcome == OrderOutcome.RunnerLeft)
            await courtesies.TryAsync(
                "The answer to an order that came too late",
                userId,
                retryCount,
                () =>
                    slack.PostEphemeralAsync(
                        run.ChannelId,
                        userId,
                        Replies.OrdersClosed(result.Run!),
                        threadTs,
                        workspaceId,
                        cancellationToken
                    )
            );
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Order of {UserId} read in the thread of run {RunId}: {Outcome}")]
        public static partial void OrderRead(ILogger logger, Guid runId, string userId, OrderOutcome outcome);
    }
}
