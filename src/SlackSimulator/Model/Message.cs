using SlackSimulator.BlockKit;

namespace SlackSimulator.Model;

/// <summary>A stored message. Edits change it in place.</summary>
public sealed class Message
{
    internal Message() { }

    /// <summary>The id of the channel.</summary>
    public required string Channel { get; init; }

    /// <summary>The timestamp, which identifies the message in its channel.</summary>
    public required string Ts { get; init; }

    /// <summary>The sender's user id; for the app's messages the bot's.</summary>
    public required string User { get; init; }

    /// <summary>Whether the app sent it.</summary>
    public bool FromApp { get; init; }

    /// <summary>
    /// The text in Slack's mrkdwn: mentions as ids, and <c>&amp;</c>, <c>&lt;</c>, <c>&gt;</c> escaped.
    /// </summary>
    public string Text { get; internal set; } = "";

    /// <summary>The ts of the thread's parent; null when it is in no thread.</summary>
    public string? ThreadTs { get; init; }

    /// <summary>Whether a reply is also shown in the channel.</summary>
    public bool ReplyBroadcast { get; init; }

    /// <summary>For an ephemeral message, the id of the only person who sees it; otherwise null.</summary>
    public string? OnlyFor { get; init; }

    /// <summary>Slack's subtype; <c>tombstone</c> for a deleted message that has replies.</summary>
    public string? Subtype { get; internal set; }

    /// <summary>The id of the user who edited it last; null when it was never edited.</summary>
    public string? EditedBy { get; internal set; }

    /// <summary>The timestamp of the last edit; null when it was never edited.</summary>
    public string? EditedTs { get; internal set; }

    /// <summary>The <c>client_msg_id</c> of a message that a person sent.</summary>
    public string? ClientMessageId { get; init; }

    /// <summary>The further field of a subtype, such as the topic of <c>channel_topic</c>.</summary>
    internal (string Name, string Value)? Detail { get; init; }

    internal JsonArray? Blocks { get; set; }

    internal JsonObject? Metadata { get; set; }

    internal IReadOnlyList<SharedFile> Files { get; set; } = [];

    /// <summary>Null when it is not pinned.</summary>
    internal Pin? Pin { get; set; }

    /// <summary>In the order in which the emoji were added first.</summary>
    internal List<Reaction> Reactions { get; } = [];

    /// <summary>By user id, what each person has chosen in this message's inputs.</summary>
    internal Dictionary<string, InputState> States { get; } = [];

    /// <summary>Whether only one person sees it.</summary>
    public bool IsEphemeral => OnlyFor is not null;

    /// <summary>Whether it was deleted and is kept because it has replies.</summary>
    public bool IsDeleted => Subtype is "tombstone";

    /// <summary>Whether it is a reply in a thread.</summary>
    public bool IsReply => ThreadTs is not null && !string.Equals(ThreadTs, Ts, StringComparison.Ordinal);
}
