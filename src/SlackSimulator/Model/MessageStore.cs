using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>
/// Posts, edits and deletes messages, publishes the changes and sends events to the app. Called under the workspace's
/// lock.
/// </summary>
internal sealed class MessageStore(Workspace workspace, ChangeLog changes, EventDelivery events)
{
    public Message Post(Channel channel, Message message)
    {
        channel.Messages.Add(message);
        if (channel.Messages.Count > workspace.Options.MessagesPerChannel)
            channel.Messages.RemoveAt(0);
        changes.Publish("message.posted", Describe(channel, message));
        if (!message.IsEphemeral)
            RaisePosted(channel, message);
        return message;
    }

    public static Message? Find(Channel channel, string ts) =>
        channel.Messages.Find(message => string.Equals(message.Ts, ts, StringComparison.Ordinal));

    /// <summary>Changes a message in place and marks it edited.</summary>
    public void Edit(Channel channel, Message message, string editor, Action<Message> change)
    {
        var previous = workspace.Message(message, channel);
        change(message);
        message.States.Clear();
        (message.EditedBy, message.EditedTs) = (editor, workspace.Ids.NextTs());
        changes.Publish("message.updated", Describe(channel, message));
        if (!message.IsEphemeral)
            RaiseChanged(channel, "message_changed", previous, workspace.Message(message, channel));
    }

    /// <summary>
    /// Removes a message. A message with replies becomes a tombstone instead, so that its thread remains.
    /// </summary>
    public void Delete(Channel channel, Message message)
    {
        var previous = workspace.Message(message, channel);
        channel.Deleted.Enqueue(message.Ts);
        if (channel.Deleted.Count > workspace.Options.MessagesPerChannel)
            channel.Deleted.Dequeue();
        if (
            channel.Messages.Exists(reply =>
                reply.IsReply && string.Equals(reply.ThreadTs, message.Ts, StringComparison.Ordinal)
            )
        )
            Bury(message);
        else
            channel.Messages.Remove(message);
        changes.Publish("message.deleted", Describe(channel, message));
        if (!message.IsEphemeral)
            RaiseDeleted(channel, message.Ts, previous);
    }

    private static void Bury(Message message)
    {
        (message.Subtype, message.Text) = ("tombstone", "This message was deleted.");
        (message.Blocks, message.Metadata, message.Files) = (null, null, []);
        message.States.Clear();
        message.Reactions.Clear();
        message.Pin = null;
    }

    /// <summary>Posts an ephemeral message from Slackbot, such as the failure of a command.</summary>
    public Message PostFromSlackbot(Channel channel, string userId, string text) =>
        Post(
            channel,
            new Message
            {
                Channel = channel.Id,
                Ts = workspace.Ids.NextTs(),
                User = Person.SlackbotId,
                Text = text,
                OnlyFor = userId,
            }
        );

    /// <summary>Posts the message that Slack itself writes about a change of the channel.</summary>
    /// <param name="detail">The further field of the message, such as <c>topic</c>.</param>
    public void PostNotice(
        Channel channel,
        string userId,
        string subtype,
        string text,
        (string Name, string Value)? detail = null
    ) =>
        Post(
            channel,
            new Message
            {
                Channel = channel.Id,
                Ts = workspace.Ids.NextTs(),
                User = userId,
                Subtype = subtype,
                Text = text,
                Detail = detail,
            }
        );

    private void RaisePosted(Channel channel, Message message)
    {
        if (!channel.HasMember(workspace.App.BotUserId))
            return;
        var content = workspace.Message(message, channel);
        content["channel"] = channel.Id;
        content["event_ts"] = message.Ts;
        content["channel_type"] = channel.EventType;
        events.Raise(channel.Subscription, content);

        // Slack sends no app_mention for direct messages, only message.im.
        if (
            message.FromApp
            || channel.Kind == ChannelKind.DirectMessage
            || !MessageText.Mentions(message.Text, workspace.App.BotUserId)
        )
            return;
        var mention = content.Clone();
        mention["type"] = "app_mention";
        mention.Remove("channel_type");
        mention.Remove("parent_user_id");
        events.Raise("app_mention", mention);
    }

    private void RaiseChanged(Channel channel, string subtype, JsonObject previous, JsonObject now)
    {
        if (channel.HasMember(workspace.App.BotUserId))
            events.Raise(
                channel.Subscription,
                Hidden(channel, subtype, ("message", now), ("previous_message", previous))
            );
    }

    private void RaiseDeleted(Channel channel, string ts, JsonObject previous)
    {
        if (channel.HasMember(workspace.App.BotUserId))
            events.Raise(
                channel.Subscription,
                Hidden(channel, "message_deleted", ("previous_message", previous), ("deleted_ts", ts))
            );
    }

    private JsonObject Hidden(Channel channel, string subtype, params (string Name, JsonNode? Value)[] more)
    {
        var ts = workspace.Ids.NextTs();
        var content = new JsonObject { ["type"] = "message", ["subtype"] = subtype };
        foreach (var (name, value) in more)
            content[name] = value;
        content["channel"] = channel.Id;
        content["hidden"] = true;
        content["ts"] = ts;
        content["event_ts"] = ts;
        content["channel_type"] = channel.EventType;
        return content;
    }

    internal static JsonObject Describe(Channel channel, Message message) =>
        new()
        {
            ["channel"] = channel.Id,
            ["ts"] = message.Ts,
            ["user"] = message.User,
            ["thread_ts"] = message.ThreadTs,
            ["only_for"] = message.OnlyFor,
        };
}
