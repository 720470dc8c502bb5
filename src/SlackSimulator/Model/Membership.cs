using SlackSimulator.Control;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>Adds members to channels and removes them. Called under the workspace's lock.</summary>
internal sealed class Membership(Workspace workspace, ChangeLog changes, EventDelivery events)
{
    /// <returns>False when the user is already a member.</returns>
    public bool Add(Channel channel, string userId, string? inviter)
    {
        if (channel.HasMember(userId))
            return false;
        channel.Members.Add(userId);
        changes.Publish("channel.members", new JsonObject { ["channel"] = channel.Id });
        if (channel.HasMember(workspace.App.BotUserId))
            events.Raise("member_joined_channel", Content("member_joined_channel", channel, userId, inviter));
        return true;
    }

    /// <param name="actorId">Who removed the user; null when the user left.</param>
    public void Remove(Channel channel, string userId, string? actorId = null)
    {
        if (!channel.Members.Remove(userId))
            return;
        changes.Publish("channel.members", new JsonObject { ["channel"] = channel.Id });
        if (channel.HasMember(workspace.App.BotUserId))
            events.Raise("member_left_channel", Content("member_left_channel", channel, userId, null));
        else if (string.Equals(userId, workspace.App.BotUserId, StringComparison.Ordinal))
            RaiseLeft(channel, actorId ?? userId);
    }

    private void RaiseLeft(Channel channel, string actorId)
    {
        var type = channel.Kind == ChannelKind.Private ? "group_left" : "channel_left";
        events.Raise(
            type,
            new JsonObject
            {
                ["type"] = type,
                ["channel"] = channel.Id,
                ["actor_id"] = actorId,
                ["event_ts"] = workspace.Ids.NextTs(),
            }
        );
    }

    private JsonObject Content(string type, Channel channel, string userId, string? inviter)
    {
        var content = new JsonObject
        {
            ["type"] = type,
            ["user"] = userId,
            ["channel"] = channel.Id,
            ["channel_type"] = channel.Kind == ChannelKind.Public ? "C" : "G",
            ["team"] = workspace.TeamId,
            ["event_ts"] = workspace.Ids.NextTs(),
        };
        if (inviter is not null && !string.Equals(inviter, userId, StringComparison.Ordinal))
            content["inviter"] = inviter;
        return content;
    }
}
