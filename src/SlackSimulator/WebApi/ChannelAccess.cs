using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>Which channels the bot sees, and may write in. Called under the workspace's lock.</summary>
internal sealed class ChannelAccess(Workspace workspace)
{
    private string Bot => workspace.App.BotUserId;

    /// <summary>A channel the bot can know of: public, or one it is a member of.</summary>
    /// <exception cref="SlackError"><c>channel_not_found</c>.</exception>
    public Channel Visible(string id) =>
        workspace.ChannelById(id) is { } channel && (channel.Kind == ChannelKind.Public || channel.HasMember(Bot))
            ? channel
            : throw new SlackError("channel_not_found");

    /// <exception cref="SlackError"><c>channel_not_found</c> or <c>not_in_channel</c>.</exception>
    public Channel Joined(string id) =>
        Visible(id) is var channel && channel.HasMember(Bot) ? channel : throw new SlackError("not_in_channel");

    /// <summary>Where a message may go: a channel, by id or #name, or a person, whose direct messages it opens.</summary>
    public Channel ForPosting(string target)
    {
        if (target is ['U' or 'W', ..] && workspace.PersonById(target) is { } person)
            return DirectMessages(person);
        var channel =
            workspace.ChannelById(target)
            ?? workspace.Channels.FirstOrDefault(named =>
                named.Kind == ChannelKind.Public && string.Equals("#" + named.Name, target, StringComparison.Ordinal)
            )
            ?? throw new SlackError("channel_not_found");
        if (channel.Kind != ChannelKind.Public && !channel.HasMember(Bot))
            throw new SlackError("channel_not_found");
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        if (!channel.HasMember(Bot))
            throw new SlackError("not_in_channel");
        // A direct message to someone deactivated reaches nobody.
        return
            channel.Kind == ChannelKind.DirectMessage
            && channel.Members.Exists(member => workspace.PersonById(member) is { Deleted: true })
            ? throw new SlackError("user_disabled")
            : channel;
    }

    /// <exception cref="SlackError">The other is a bot, Slackbot, or deactivated.</exception>
    public Channel DirectMessages(Person person)
    {
        if (person.IsBot || string.Equals(person.Id, Person.SlackbotId, StringComparison.Ordinal))
            throw new SlackError("cannot_dm_bot");
        return person.Deleted ? throw new SlackError("user_disabled") : workspace.DirectMessages(person.Id);
    }
}
