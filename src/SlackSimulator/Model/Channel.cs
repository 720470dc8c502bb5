namespace SlackSimulator.Model;

public enum ChannelKind
{
    Public,
    Private,
    DirectMessage,
    GroupDirectMessage,
}

/// <summary>A conversation with its messages, oldest first. Guarded by the workspace's lock.</summary>
public sealed class Channel(string id, string name, ChannelKind kind, DateTimeOffset created)
{
    public string Id { get; } = id;

    public string Name { get; } = name;

    public ChannelKind Kind { get; } = kind;

    public DateTimeOffset Created { get; } = created;

    public bool IsArchived { get; set; }

    internal List<string> Members { get; } = [];

    internal List<Message> Messages { get; } = [];

    public bool HasMember(string userId) => Members.Contains(userId);

    /// <summary>The event's <c>channel_type</c>.</summary>
    internal string EventType =>
        Kind switch
        {
            ChannelKind.Public => "channel",
            ChannelKind.Private => "group",
            ChannelKind.DirectMessage => "im",
            _ => "mpim",
        };

    /// <summary>The event an app subscribes to for this channel's messages.</summary>
    internal string Subscription =>
        Kind switch
        {
            ChannelKind.Public => "message.channels",
            ChannelKind.Private => "message.groups",
            ChannelKind.DirectMessage => "message.im",
            _ => "message.mpim",
        };

    /// <summary>What payloads call it: direct messages and private channels have no name there.</summary>
    internal string PayloadName =>
        Kind switch
        {
            ChannelKind.Public => Name,
            ChannelKind.DirectMessage => "directmessage",
            _ => "privategroup",
        };
}
