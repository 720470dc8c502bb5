using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>Finds channels that the bot may see or post in. Called under the workspace's lock.</summary>
internal sealed class ChannelAccess(Workspace workspace)
{
    private string Bot => workspace.App.BotUserId;

    /// <summary>Finds a channel that is public or has the bot as a member.</summary>
    /// <exception cref="SlackError"><c>channel_not_found</c>.</exception>
    public Channel Visible(string id) =>
        workspace.ChannelById(id) is { } channel && (channel.Kind == ChannelKind.Public || channel.HasMember(Bot))
            ? channel
            : throw new SlackError("channel_not_found");

    /// <summary>Finds a channel that has the bot as a member.</summary>
    /// <exception cref="SlackError"><c>channel_not_found</c> or <c>not_in_channel</c>.</exception>
    public Channel Joined(string id) =>
        Visible(id) is var channel && channel.HasMember(Bot) ? channel : throw new SlackError("not_in_channel");

    /// <summary>Refuses direct messages, which cannot be left, renamed or archived.</summary>
    /// <exception cref="SlackError"><c>method_not_supported_for_channel_type</c>.</exception>
    public static Channel Named(Channel channel) =>
        channel.IsNamed ? channel : throw new SlackError("method_not_supported_for_channel_type");

    /// <summary>
    /// Finds the channel to post in, by id or #name. A user id stands for the direct messages with that person.
    /// </summary>
    /// <exception cref="SlackError">The channel is unknown or archived, the bot is not a member, or the person is
    /// deactivated.</exception>
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
        return
            channel.Kind == ChannelKind.DirectMessage
            && channel.Members.Exists(member => workspace.PersonById(member) is { Deleted: true })
            ? throw new SlackError("user_disabled")
            : channel;
    }

    /// <summary>The direct messages with a person.</summary>
    /// <exception cref="SlackError">The user is a bot, Slackbot or deactivated.</exception>
    public Channel DirectMessages(Person person)
    {
        if (person.IsBot || string.Equals(person.Id, Person.SlackbotId, StringComparison.Ordinal))
            throw new SlackError("cannot_dm_bot");
        return person.Deleted ? throw new SlackError("user_disabled") : workspace.DirectMessages(person.Id);
    }
}
