using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>Who pinned a message to its channel, and when.</summary>
internal sealed record Pin(string UserId, DateTimeOffset At);

/// <summary>Pins messages to their channels. Called under the workspace's lock.</summary>
internal sealed class Pins(Workspace workspace, ChangeLog changes, EventDelivery events)
{
    /// <summary>The pinned messages of a channel, the newest pin first.</summary>
    public static IReadOnlyList<Message> Of(Channel channel) =>
        [
            .. channel
                .Messages.Where(message => message.Pin is not null)
                .OrderByDescending(message => message.Pin!.At)
                .ThenByDescending(message => message.Ts, StringComparer.Ordinal),
        ];

    /// <returns>False when the message is already pinned.</returns>
    public bool Add(Channel channel, Message message, string userId)
    {
        if (message.Pin is not null)
            return false;
        message.Pin = new Pin(userId, workspace.Clock.Now);
        Tell("pin_added", channel, message, message.Pin, userId);
        return true;
    }

    /// <returns>False when the message is not pinned.</returns>
    public bool Remove(Channel channel, Message message, string userId)
    {
        if (message.Pin is not { } pin)
            return false;
        message.Pin = null;
        Tell("pin_removed", channel, message, pin, userId);
        return true;
    }

    public JsonObject Item(Channel channel, Message message, Pin pin) =>
        new()
        {
            ["type"] = "message",
            ["created"] = pin.At.ToUnixTimeSeconds(),
            ["created_by"] = pin.UserId,
            ["channel"] = channel.Id,
            ["message"] = workspace.Message(message, channel).With("permalink", workspace.Permalink(channel, message)),
        };

    private void Tell(string type, Channel channel, Message message, Pin pin, string userId)
    {
        changes.Publish("message.updated", MessageStore.Describe(channel, message));
        if (!channel.HasMember(workspace.App.BotUserId))
            return;
        var count = Of(channel).Count;
        var content = new JsonObject
        {
            ["type"] = type,
            ["user"] = userId,
            ["channel_id"] = channel.Id,
            ["item"] = Item(channel, message, pin),
            ["item_user"] = message.User,
            ["pin_count"] = count,
            ["pinned_info"] = new JsonObject
            {
                ["channel"] = channel.Id,
                ["pinned_by"] = pin.UserId,
                ["pinned_ts"] = pin.At.ToUnixTimeSeconds(),
            },
        };
        if (type is "pin_removed")
            content["has_pins"] = count > 0;
        content["event_ts"] = workspace.Ids.NextTs();
        events.Raise(type, content);
    }
}
