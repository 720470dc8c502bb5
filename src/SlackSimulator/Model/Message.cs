using SlackSimulator.BlockKit;

namespace SlackSimulator.Model;

/// <summary>A message as stored. Guarded by the workspace's lock.</summary>
public sealed class Message
{
    public required string Channel { get; init; }

    public required string Ts { get; init; }

    public required string User { get; init; }

    public bool FromApp { get; init; }

    public string Text { get; set; } = "";

    public string? ThreadTs { get; init; }

    public bool ReplyBroadcast { get; init; }

    /// <summary>The one person who sees it; null for an ordinary message.</summary>
    public string? OnlyFor { get; init; }

    public string? Subtype { get; set; }

    public string? EditedBy { get; set; }

    public string? EditedTs { get; set; }

    public string? ClientMessageId { get; init; }

    internal JsonArray? Blocks { get; set; }

    internal JsonObject? Metadata { get; set; }

    /// <summary>What each person has chosen in this message's menus.</summary>
    internal Dictionary<string, InputState> States { get; } = [];

    public bool IsEphemeral => OnlyFor is not null;

    public bool IsReply => ThreadTs is not null && !string.Equals(ThreadTs, Ts, StringComparison.Ordinal);
}
