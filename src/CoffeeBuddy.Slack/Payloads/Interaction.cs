using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>A click, a choice or a submitted form: the <c>payload</c> field that Slack posts.</summary>
public sealed record Interaction
{
    /// <summary>One of <see cref="InteractionTypes"/>, or another of Slack's.</summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    public InteractionTeam? Team { get; init; }
    public InteractionEnterprise? Enterprise { get; init; }

    public InteractionUser User
    {
        get => field ?? new();
        init;
    }

    /// <summary>The channel of the interaction; null in views.</summary>
    public InteractionChannel? Channel { get; init; }

    public InteractionContainer? Container { get; init; }
    public InteractionMessage? Message { get; init; }
    public string? TriggerId { get; init; }
    public string? ResponseUrl { get; init; }
    public string? CallbackId { get; init; }
    public IReadOnlyList<InteractionAction> Actions
    {
        get => field ?? [];
        init;
    }
    public InteractionView? View { get; init; }

    /// <summary>
    /// The workspace in which the app is installed and acts. A view names it; otherwise it is the workspace of the
    /// request. For an app of an organisation Slack may send no team: then the team of the view or message is used,
    /// else the person's team, else the organisation's id.
    /// </summary>
    [JsonIgnore]
    public string WorkspaceId =>
        SlackIds.WorkspaceOf(
            View?.AppInstalledTeamId ?? Team?.Id ?? View?.TeamId ?? Message?.Team ?? User.TeamId,
            Enterprise?.Id ?? Team?.EnterpriseId
        ) ?? "";

    /// <summary>The organisation of that workspace; null: none, or Slack does not send it.</summary>
    [JsonIgnore]
    public string? EnterpriseId => Enterprise?.Id ?? Team?.EnterpriseId;

    /// <summary>The channel of the message with the button; null in views.</summary>
    [JsonIgnore]
    public string? ChannelId => Channel?.Id ?? Container?.ChannelId;

    /// <summary>The message with the button; null in views.</summary>
    [JsonIgnore]
    public string? MessageTs => Container?.MessageTs ?? Message?.Ts;

    /// <param name="json">The form's <c>payload</c> field.</param>
    /// <param name="reason">What is wrong with the payload, without its values.</param>
    public static bool TryParse(
        string? json,
        [NotNullWhen(true)] out Interaction? interaction,
        [NotNullWhen(false)] out string? reason
    )
    {
        interaction = PayloadJson.Parse(json ?? "", PayloadJsonContext.Default.Interaction, out reason);
        if (interaction is null)
            return false;
        reason = FaultOf(interaction);
        if (reason is null)
            return true;
        interaction = null;
        return false;
    }

    private static string? FaultOf(Interaction interaction) =>
        interaction switch
        {
            { Type: "" } => "no type",
            _ when !SlackIds.IsUserId(interaction.User.Id) => "no user",
            _ when !SlackIds.IsId(interaction.WorkspaceId) => "no workspace (team, enterprise)",
            _ => null,
        };
}
