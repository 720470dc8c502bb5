using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>The ids that Slack gives to people, channels and workspaces.</summary>
public static class SlackIds
{
    /// <summary>Longest id, in characters: the length of the database columns.</summary>
    public const int MaxLength = 64;

    /// <summary>Whether the text can be an id: it is safe inside a mention and fits its database column.</summary>
    public static bool IsId([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');

    /// <summary>Whether the text can be a person's id: "U…", or "W…" on Enterprise Grid.</summary>
    public static bool IsUserId([NotNullWhen(true)] string? text) => IsId(text) && text[0] is 'U' or 'W';

    /// <summary>
    /// Whether the text can be a channel's id: "C…", or "G…" for older private channels. Slack accepts a user id as a
    /// channel too and opens a direct message.
    /// </summary>
    public static bool IsChannelId([NotNullWhen(true)] string? text) => IsId(text) && text[0] is 'C' or 'G';

    /// <summary>
    /// The workspace of a request. An app that is installed for a whole organisation may get no team: then the
    /// organisation's id is used.
    /// </summary>
    public static string? WorkspaceOf(string? teamId, string? enterpriseId) =>
        string.IsNullOrEmpty(teamId) ? (string.IsNullOrEmpty(enterpriseId) ? null : enterpriseId) : teamId;

    /// <summary>The <c>team_id</c> argument for a workspace: null when the id is an organisation's, "E…".</summary>
    public static string? TeamOf(string? workspaceId) => workspaceId is ['T', ..] ? workspaceId : null;
}
