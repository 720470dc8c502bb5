using System.Diagnostics.CodeAnalysis;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>A slash command.</summary>
public sealed record SlashCommand
{
    /// <summary>For example "/coffee".</summary>
    public required string Command { get; init; }

    /// <summary>The text after the command; may be empty.</summary>
    public required string Text { get; init; }

    public required string WorkspaceId { get; init; }

    /// <summary>Null when an app of an organisation was called outside of a workspace.</summary>
    public string? TeamId { get; init; }

    /// <summary>The organisation of the workspace; null: none.</summary>
    public string? EnterpriseId { get; init; }

    public required string ChannelId { get; init; }

    /// <summary>Null in private channels and direct messages: Slack does not send their names.</summary>
    public string? ChannelName { get; init; }
    public required string UserId { get; init; }
    public required string UserName { get; init; }

    /// <summary>Opens one view within 3 s.</summary>
    public required string TriggerId { get; init; }

    /// <summary>Takes five messages within 30 minutes.</summary>
    public string? ResponseUrl { get; init; }

    /// <summary>
    /// Whether it was typed in a direct message or a group direct message, whose name starts with "mpdm-". The app is
    /// in neither and cannot be invited.
    /// </summary>
    public bool IsDirect =>
        ChannelId.StartsWith('D') || (ChannelName?.StartsWith("mpdm-", StringComparison.Ordinal) ?? false);

    public static bool TryParse(
        ReadOnlySpan<byte> body,
        [NotNullWhen(true)] out SlashCommand? command,
        [NotNullWhen(false)] out string? reason
    ) => TryParse(SlackForm.Parse(body), out command, out reason);

    /// <param name="reason">What is wrong with the form, without its values.</param>
    public static bool TryParse(
        IReadOnlyDictionary<string, string> form,
        [NotNullWhen(true)] out SlashCommand? command,
        [NotNullWhen(false)] out string? reason
    )
    {
        command = null;
        var workspaceId = SlackIds.WorkspaceOf(
            form.GetValueOrDefault("team_id"),
            form.GetValueOrDefault("enterprise_id")
        );
        reason = form switch
        {
            _ when !SlackIds.IsId(workspaceId) => "no workspace (team_id, enterprise_id)",
            _ when !SlackIds.IsUserId(form.GetValueOrDefault("user_id")) => "no user_id",
            _ when !SlackIds.IsId(form.GetValueOrDefault("channel_id")) => "no channel_id",
            _ when form.GetValueOrDefault("command") is not { Length: > 1 } name || name[0] != '/' => "no command",
            _ when string.IsNullOrEmpty(form.GetValueOrDefault("trigger_id")) => "no trigger_id",
            _ => null,
        };
        if (reason is not null)
            return false;

        command = new SlashCommand
        {
            Command = form["command"],
            Text = form.GetValueOrDefault("text", "").Trim(),
            WorkspaceId = workspaceId!,
            TeamId = NullIfEmpty(form.GetValueOrDefault("team_id")),
            EnterpriseId = NullIfEmpty(form.GetValueOrDefault("enterprise_id")),
            ChannelId = form["channel_id"],
            ChannelName = form.GetValueOrDefault("channel_name")
                is { Length: > 0 } channelName
                    and not ("privategroup" or "directmessage")
                ? channelName
                : null,
            UserId = form["user_id"],
            UserName = form.GetValueOrDefault("user_name", ""),
            TriggerId = form["trigger_id"],
            ResponseUrl = NullIfEmpty(form.GetValueOrDefault("response_url")),
        };
        return true;
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
