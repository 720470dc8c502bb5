namespace SlackSimulator.Model;

/// <summary>The kinds of conversation at Slack.</summary>
public enum ChannelKind
{
    /// <summary>A public channel.</summary>
    Public,

    /// <summary>A private channel.</summary>
    Private,

    /// <summary>The direct messages of two members (<c>im</c>).</summary>
    DirectMessage,

    /// <summary>The direct messages of several members (<c>mpim</c>).</summary>
    GroupDirectMessage,
}

/// <summary>A conversation. Its messages are read with <see cref="Workspace.MessagesOf"/>.</summary>
public sealed class Channel
{
    internal Channel(string id, string name, ChannelKind kind, DateTimeOffset created) =>
        (Id, Name, Kind, Created) = (id, name, kind, created);

    /// <summary>The channel id, such as <c>C0GENERAL0</c>.</summary>
    public string Id { get; }

    /// <summary>The name without #; empty for direct messages.</summary>
    public string Name { get; }

    /// <summary>What kind of conversation it is.</summary>
    public ChannelKind Kind { get; }

    /// <summary>Workspace time when the conversation was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>Whether the channel is archived. It is changed with <c>PUT /sim/channels/{id}</c>.</summary>
    public bool IsArchived { get; internal set; }

    internal List<string> Members { get; } = [];

    /// <summary>Oldest first.</summary>
    internal List<Message> Messages { get; } = [];

    /// <summary>The timestamps of deleted messages, oldest deletion first.</summary>
    internal Queue<string> Deleted { get; } = [];

    /// <summary>The thread of a reply. A reply to a deleted message has none: it is posted at top level.</summary>
    internal string? LiveThread(string? threadTs) =>
        threadTs is null || Deleted.Contains(threadTs, StringComparer.Ordinal) ? null : threadTs;

    internal bool HasMember(string userId) => Members.Contains(userId);

    /// <summary>The <c>channel_type</c> in events.</summary>
    internal string EventType =>
        Kind switch
        {
            ChannelKind.Public => "channel",
            ChannelKind.Private => "group",
            ChannelKind.DirectMessage => "im",
            _ => "mpim",
        };

    /// <summary>The event type that an app subscribes to for messages in this kind of conversation.</summary>
    internal string Subscription =>
        Kind switch
        {
            ChannelKind.Public => "message.channels",
            ChannelKind.Private => "message.groups",
            ChannelKind.DirectMessage => "message.im",
            _ => "message.mpim",
        };

    /// <summary>
    /// The channel's name in payloads, where Slack hides the names of private channels and direct messages.
    /// </summary>
    internal string PayloadName =>
        Kind switch
        {
            ChannelKind.Public => Name,
            ChannelKind.DirectMessage => "directmessage",
            _ => "privategroup",
        };
}
