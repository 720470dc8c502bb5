using SlackSimulator.Control;
using SlackSimulator.ToApp;

namespace SlackSimulator.Model;

/// <summary>
/// Creates, archives and renames channels, sets their topics, and tells the app. Called under the workspace's lock.
/// </summary>
internal sealed class ChannelChanges(
    Workspace workspace,
    ChangeLog changes,
    MessageStore messages,
    EventDelivery events
)
{
    /// <summary>Creates a channel with only the bot in it.</summary>
    public Channel Create(string name, bool isPrivate)
    {
        var channel = workspace.AddChannel(
            new ChannelOptions(name, isPrivate, HasBot: true, Members: []),
            workspace.App.BotUserId
        );
        if (!isPrivate)
            Raise("channel_created", Short(channel, ("creator", channel.Creator)));
        return channel;
    }

    public void Archive(Channel channel, string userId)
    {
        messages.PostNotice(channel, userId, Subtype(channel, "archive"), "archived the channel");
        channel.IsArchived = true;
        Changed(channel);
        RaiseBy(channel, "archive", userId);
    }

    public void Unarchive(Channel channel, string userId)
    {
        channel.IsArchived = false;
        messages.PostNotice(channel, userId, Subtype(channel, "unarchive"), "un-archived the channel");
        Changed(channel);
        RaiseBy(channel, "unarchive", userId);
    }

    public void Rename(Channel channel, string name, string userId)
    {
        var before = channel.Name;
        channel.PreviousNames.Insert(0, before);
        channel.Name = name;
        messages.PostNotice(
            channel,
            userId,
            Subtype(channel, "name"),
            $"has renamed the channel from \"{before}\" to \"{name}\"",
            ("name", name)
        );
        Changed(channel);
        Raise(Subtype(channel, "rename"), Short(channel, ("name_normalized", name)));
    }

    public void SetTopic(Channel channel, string topic, string userId)
    {
        channel.Topic = new ChannelText(topic, userId, workspace.Clock.Now.ToUnixTimeSeconds());
        Told(channel, userId, "topic", topic);
    }

    public void SetPurpose(Channel channel, string purpose, string userId)
    {
        channel.Purpose = new ChannelText(purpose, userId, workspace.Clock.Now.ToUnixTimeSeconds());
        Told(channel, userId, "purpose", purpose);
    }

    private void Told(Channel channel, string userId, string what, string text)
    {
        messages.PostNotice(
            channel,
            userId,
            Subtype(channel, what),
            text.Length > 0 ? $"set the channel {what}: {text}" : $"cleared the channel {what}",
            (what, text)
        );
        Changed(channel);
    }

    /// <summary>The names of subtypes and events begin with the kind of channel.</summary>
    private static string Subtype(Channel channel, string what) =>
        $"{(channel.Kind == ChannelKind.Private ? "group" : "channel")}_{what}";

    private void Changed(Channel channel) =>
        changes.Publish("channel.changed", new JsonObject { ["channel"] = channel.Id });

    private void RaiseBy(Channel channel, string what, string userId)
    {
        if (channel.Kind != ChannelKind.Private || channel.HasMember(workspace.App.BotUserId))
            Raise(Subtype(channel, what), channel.Id, ("user", userId));
    }

    private JsonObject Short(Channel channel, (string Name, string Value) more) =>
        new()
        {
            ["id"] = channel.Id,
            ["name"] = channel.Name,
            ["is_channel"] = channel.Kind == ChannelKind.Public,
            ["is_mpim"] = false,
            ["created"] = channel.Created.ToUnixTimeSeconds(),
            ["context_team_id"] = workspace.TeamId,
            [more.Name] = more.Value,
        };

    private void Raise(string type, JsonNode channel, (string Name, string Value)? more = null)
    {
        var content = new JsonObject { ["type"] = type, ["channel"] = channel };
        if (more is var (name, value))
            content[name] = value;
        content["event_ts"] = workspace.Ids.NextTs();
        events.Raise(type, content);
    }
}
