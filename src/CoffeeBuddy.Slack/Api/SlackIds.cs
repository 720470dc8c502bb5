using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Slack.Api;

/// <summary>The ids that Slack gives to people, channels and workspaces.</summary>
public static class SlackIds
{
    /// <summary>Longest id: the specification's VARCHAR(64).</summary>
    public const int MaxLength = 64;

    /// <summary>Whether the text can be an id: it is safe within a mention and fits its column.</summary>
    public static bool IsId([NotNullWhen(true)] string? text) =>
        text is { Length: > 0 and <= MaxLength }
        && text.All(character => char.IsAsciiLetterOrDigit(character) || character is '_' or '-');

    /// <summary>Whether the text can be a person's id: "U…", or "W…" on Enterprise Grid.</summary>
    public static bool IsUserId([NotNullWhen(true)] string? text) => IsId(text) && text[0] is 'U' or 'W';

    /// <summary>Whether the text can be a channel's id: "C…", or "G…" for older private ones. Slack would take a person's as a direct message.</summary>
    public static bool IsChannelId([NotNullWhen(true)] string? text) => IsId(text) && text[0] is 'C' or 'G';

    /// <summary>
    /// The workspace that a request belongs to. An app that is installed for a whole organisation is told no team where
    /// something happened outside of any: then it is the organisation.
    /// </summary>
    public static string? WorkspaceOf(string? teamId, string? enterpriseId) =>
        string.IsNullOrEmpty(teamId) ? (string.IsNullOrEmpty(enterpriseId) ? null : enterpriseId) : teamId;

    /// <summary>The team that a call with an organisation's token has to name; null where the workspace is the organisation itself.</summary>
    public static string? TeamOf(string workspaceId) => workspaceId.StartsWith('T') ? workspaceId : null;
}
