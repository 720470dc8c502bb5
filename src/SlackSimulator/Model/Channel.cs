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

/// <summary>The topic or purpose of a channel.</summary>
internal sealed record ChannelText(string Value, string Creator, long LastSet)
{
    public static ChannelText None { get; } = new("", "", 0);
}

/// <summary>A conversation. Its messages are read with <see cref="Workspace.MessagesOf"/>.</summary>
public sealed class Channel
{
    internal Channel(string id, string name, ChannelKind kind, DateTimeOffset created, string creator) =>
        (Id, Name, Kind, Created, Creator) = (id, name, kind, created, creator);

    /// <summary>The channel id, such as <c>C0GENERAL0</c>.</summary>
    public string Id { get; }

    /// <summary>The name without #; empty for direct messages.</summary>
    public string Name { get; internal set; }

    /// <summary>What kind of conversation it is.</summary>
    public ChannelKind Kind { get; }

    /// <summary>Workspace time when the conversation was created.</summary>
    public DateTimeOffset Created { get; }

    /// <summary>The user id of the member who created it.</summary>
    public string Creator { get; }

    /// <summary>Whether the channel is archived. It is changed with <c>PUT /sim/channels/{id}</c>.</summary>
    public bool IsArchived { get; internal set; }

    internal ChannelText Topic { get; set; } = ChannelText.None;

    internal ChannelText Purpose { get; set; } = ChannelText.None;

    internal List<string> PreviousNames { get; } = [];

    /// <summary>The last message that the bot has marked as read.</summary>
    internal string BotLastRead { get; set; } = "0000000000.000000";

    /// <summary>Whether it is a public or private channel, and no direct messages.</summary>
    internal bool IsNamed => Kind is ChannelKind.Public or ChannelKind.Private;

    /// <summary>The channel that everybody is in; nobody can leave or archive it.</summary>
    internal bool IsGeneral => IsNamed && Name is "general";

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
