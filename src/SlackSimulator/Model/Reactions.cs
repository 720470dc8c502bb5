using SlackSimulator.Control;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>An emoji on a message, with the ids of the users who added it, in this order.</summary>
internal sealed record Reaction(string Name, List<string> Users);

/// <summary>Adds reactions to messages and removes them. Called under the workspace's lock.</summary>
internal sealed class Reactions(ChangeLog changes, Workspace workspace, EventDelivery events)
{
    /// <summary>The most different emoji on a message.</summary>
    public const int MaxEmoji = 50;

    /// <summary>The most emoji that one user can add to a message.</summary>
    public const int MaxPerUser = 23;

    /// <returns>False when the user has already added it.</returns>
    public bool Add(Channel channel, Message message, string name, string userId)
    {
        var reaction = Find(message, name);
        if (reaction is null)
            message.Reactions.Add(reaction = new Reaction(name, []));
        if (reaction.Users.Contains(userId))
            return false;
        reaction.Users.Add(userId);
        Tell("reaction_added", channel, message, name, userId);
        return true;
    }

    /// <returns>False when the user has not added it.</returns>
    public bool Remove(Channel channel, Message message, string name, string userId)
    {
        if (Find(message, name) is not { } reaction || !reaction.Users.Remove(userId))
            return false;
        if (reaction.Users.Count == 0)
            message.Reactions.Remove(reaction);
        Tell("reaction_removed", channel, message, name, userId);
        return true;
    }

    private static Reaction? Find(Message message, string name) =>
        message.Reactions.Find(reaction => string.Equals(reaction.Name, name, StringComparison.Ordinal));

    private void Tell(string type, Channel channel, Message message, string name, string userId)
    {
        changes.Publish("message.updated", MessageStore.Describe(channel, message));
        if (!channel.HasMember(workspace.App.BotUserId))
            return;
        events.Raise(
            type,
            new JsonObject
            {
                ["type"] = type,
                ["user"] = userId,
                ["reaction"] = name,
                ["item"] = new JsonObject
                {
                    ["type"] = "message",
                    ["channel"] = channel.Id,
                    ["ts"] = message.Ts,
                },
                ["item_user"] = message.User,
                ["event_ts"] = workspace.Ids.NextTs(),
            }
        );
    }
}
