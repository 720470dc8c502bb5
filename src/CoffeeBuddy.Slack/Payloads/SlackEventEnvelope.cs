using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>A request of Slack's Events API.</summary>
public sealed record SlackEventEnvelope
{
    public const string UrlVerification = "url_verification";
    public const string EventCallback = "event_callback";

    public const string AppRateLimited = "app_rate_limited";

    /// <summary>
    /// <see cref="UrlVerification"/>, <see cref="EventCallback"/>, <see cref="AppRateLimited"/>, or another of Slack's.
    /// </summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    /// <summary>The text to send back when <see cref="Type"/> is <see cref="UrlVerification"/>.</summary>
    public string? Challenge { get; init; }

    /// <summary>The same in every delivery of an event.</summary>
    public string? EventId { get; init; }

    /// <summary>
    /// The workspace in which the event happened. In a channel shared through Slack Connect it can be the other
    /// company's.
    /// </summary>
    public string? TeamId { get; init; }

    public string? EnterpriseId { get; init; }

    /// <summary>The workspace through which the app gets the event; null when Slack does not send it.</summary>
    public string? ContextTeamId { get; init; }

    /// <summary>The installations of the app that may see the event; Slack sends one.</summary>
    public IReadOnlyList<SlackAuthorization>? Authorizations { get; init; }

    /// <summary>Set when <see cref="Type"/> is <see cref="EventCallback"/>.</summary>
    public SlackEvent? Event { get; init; }

    /// <summary>
    /// The workspace in which the app is installed and acts: the installation's, else the one through which the event
    /// came, else the event's; the organisation's id when there is no team
    /// (https://docs.slack.dev/apis/events-api/#authorizations).
    /// </summary>
    [JsonIgnore]
    public string WorkspaceId =>
        SlackIds.WorkspaceOf(
            Authorizations is [{ } installed, ..] ? installed.TeamId : null,
            SlackIds.WorkspaceOf(ContextTeamId, SlackIds.WorkspaceOf(TeamId, EnterpriseId))
        ) ?? "";

    /// <summary>The organisation in which the app is installed; null: none, or Slack does not send it.</summary>
    [JsonIgnore]
    public string? InstalledEnterpriseId =>
        Authorizations is [{ } installed, ..] ? installed.EnterpriseId : EnterpriseId;

    /// <summary>
    /// Reads a request. Of an event that CoffeeBuddy does not handle only type and subtype are read, so that a field
    /// whose form is not known cannot make the request invalid.
    /// </summary>
    /// <param name="reason">What is wrong with the request, without its values.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out SlackEventEnvelope? envelope,
        [NotNullWhen(false)] out string? reason
    )
    {
        envelope = null;
        if (PayloadJson.Parse(json, PayloadJsonContext.Default.SlackEventHead, out reason) is not { } head)
            return false;
        if (head.IsUnknown)
        {
            envelope = new()
            {
                Type = head.Type,
                EventId = head.EventId,
                Event = head.Event is null ? null : new() { Type = head.Event.Type, Subtype = head.Event.Subtype },
            };
            reason = null;
            return true;
        }
        envelope = PayloadJson.Parse(json, PayloadJsonContext.Default.SlackEventEnvelope, out reason);
        if (envelope is null)
            return false;
        reason = FaultOf(envelope);
        if (reason is null)
            return true;
        envelope = null;
        return false;
    }

    private static string? FaultOf(SlackEventEnvelope envelope) =>
        envelope switch
        {
            { Type: "" } => "no type",
            { Type: UrlVerification, Challenge: null } => "no challenge",
            { Type: EventCallback, EventId: null or "" } => "no event_id",
            { Type: EventCallback, Event: null or { Type: "" } } => "no event",
            { Type: EventCallback } when !SlackIds.IsId(envelope.WorkspaceId) =>
                "no workspace (team_id, enterprise_id)",
            { Type: EventCallback, Event.User: { } user } when !SlackIds.IsId(user) => "no user id in user",
            _ => null,
        };
}

/// <summary>An installation of the app that may see an event.</summary>
/// <param name="TeamId">Null for an installation in a whole organisation.</param>
public sealed record SlackAuthorization(string? TeamId, string? EnterpriseId = null);
