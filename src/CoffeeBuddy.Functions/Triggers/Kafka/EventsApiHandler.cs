using CoffeeBuddy.Core.Orders;
using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Functions.Notifications;
using CoffeeBuddy.Functions.Runs;
using CoffeeBuddy.Slack.Api;
using CoffeeBuddy.Slack.Payloads;
using CoffeeBuddy.Slack.Views;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>Slack's events: mentions, orders written in a run's thread, and App Home being opened.</summary>
public sealed class EventsApiHandler(
    ReplyHandler replies,
    RunStore runs,
    AppHome home,
    SlackClient slack,
    Courtesies courtesies,
    PersonLanguages languages,
    TimeProvider time
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
            { Type: SlackEvent.Message, Channel: { } channel, PreviousMessage: { Ts: { } ts } } =>
                $"deleted:{channel}:{ts}",
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
            } written => replies.HandleAsync(
                new(channel, thread, userId, Mrkdwn.Unescape(text), written.Ts),
                retryCount,
                cancellationToken
            ),
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageChanged,
                Channel: { } channel,
                ChangedMessage: { ThreadTs: not null, User: not null, Text: not null } changed
            } written when written.IsEditOfText => HandleEditAsync(
                channel,
                changed,
                written.PreviousMessage,
                retryCount,
                cancellationToken
            ),
            {
                Type: SlackEvent.Message,
                Subtype: SlackEvent.MessageDeleted,
                Channel: { } channel,
                PreviousMessage: { ThreadTs: not null, User: not null, Text: not null } deleted
            } written => replies.RetractAsync(
                ReplyOf(channel, deleted),
                written.EventTs ?? written.Ts,
                retryCount,
                cancellationToken
            ),
            _ => Task.CompletedTask,
        };

    /// <summary>An edited reply counts as a new one, unless it was an order and is conversation now.</summary>
    private async Task HandleEditAsync(
        string channel,
        SlackEventMessage changed,
        SlackEventMessage? previous,
        int retryCount,
        CancellationToken cancellationToken
    )
    {
        var edited = ReplyOf(channel, changed);
        if (await runs.FindByThreadAsync(channel, edited.ThreadTs, cancellationToken) is not var (run, menu))
            return;
        if (OrderReplyText.Read(edited.Text, menu) is { } read)
            await replies.HandleAsync(run, edited, read, retryCount, cancellationToken);
        else if (previous is { User: not null, Text: not null })
            await replies.RetractAsync(
                ReplyOf(channel, previous) with
                {
                    ThreadTs = edited.ThreadTs,
                },
                edited.Ts,
                retryCount,
                cancellationToken
            );
    }

    private static Reply ReplyOf(string channel, SlackEventMessage message) =>
        new(
            channel,
            message.ThreadTs ?? "",
            message.User!,
            Mrkdwn.Unescape(message.Text!),
            message.Edited?.Ts ?? message.Ts
        );

    /// <summary>
    /// In a run's thread a mention is a reply; one that is not understood is asked back, for the writer only.
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
        var text = Mrkdwn.Unescape(Mrkdwn.WithoutMention(mention.Text ?? ""));
        if (
            mention.ThreadTs is { } thread
            && await runs.FindByThreadAsync(channel, thread, cancellationToken) is var (run, menu)
            && OrderReplyText.Read(text, menu) is var read
            && (RunRules.AcceptsOrders(run) || read is not null)
            && !text.Equals(HelpText, StringComparison.OrdinalIgnoreCase)
        )
        {
            var reply = new Reply(channel, thread, userId, text, mention.Edited?.Ts ?? mention.Ts);
            if (userId.Length == 0)
                return;
            if (read is not null)
                await replies.HandleAsync(run, reply, read, retryCount, cancellationToken);
            else if (IsQuestion(mention))
                await replies.AnswerAsync(run, reply, Replies.NotUnderstood(), retryCount, cancellationToken);
            return;
        }

        if (!IsQuestion(mention))
            return;
        // Everybody in the channel sees it.
        using var language = languages.UseOffices();
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
}
