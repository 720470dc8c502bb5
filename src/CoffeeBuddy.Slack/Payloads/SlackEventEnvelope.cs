using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace CoffeeBuddy.Slack.Payloads;

/// <summary>A request of Slack's Events API.</summary>
public sealed record SlackEventEnvelope
{
    public const string UrlVerification = "url_verification";
    public const string EventCallback = "event_callback";

    /// <summary><see cref="UrlVerification"/>, <see cref="EventCallback"/>, or another of Slack's.</summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    /// <summary>The text to send back when <see cref="Type"/> is <see cref="UrlVerification"/>.</summary>
    public string? Challenge { get; init; }

    /// <summary>The same in every delivery of an event.</summary>
    public string? EventId { get; init; }

    public string? TeamId { get; init; }
    public string? EnterpriseId { get; init; }

    /// <summary>Set when <see cref="Type"/> is <see cref="EventCallback"/>.</summary>
    public SlackEvent? Event { get; init; }

    /// <summary>The workspace of the event: the team's id, or the organisation's id when there is no team.</summary>
    [JsonIgnore]
    public string WorkspaceId => SlackIds.WorkspaceOf(TeamId, EnterpriseId) ?? "";

    /// <param name="reason">What is wrong with the request, without its values.</param>
    public static bool TryParse(
        ReadOnlySpan<byte> json,
        [NotNullWhen(true)] out SlackEventEnvelope? envelope,
        [NotNullWhen(false)] out string? reason
    )
    {
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
