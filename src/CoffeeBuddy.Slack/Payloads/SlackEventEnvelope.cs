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

    /// <summary>To be sent back when <see cref="Type"/> is <see cref="UrlVerification"/>.</summary>
    public string? Challenge { get; init; }

    /// <summary>The same for each delivery of one event.</summary>
    public string? EventId { get; init; }

    public string? TeamId { get; init; }
    public string? EnterpriseId { get; init; }

    /// <summary>There when <see cref="Type"/> is <see cref="EventCallback"/>.</summary>
    public SlackEvent? Event { get; init; }

    /// <summary>The workspace of the event: the team's id, or the organisation's where there is no team.</summary>
    [JsonIgnore]
    public string WorkspaceId => SlackIds.WorkspaceOf(TeamId, EnterpriseId) ?? "";

    /// <param name="reason">What is wrong with the request, without its contents.</param>
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

/// <summary>What happened; which fields are there depends on the type.</summary>
public sealed record SlackEvent
{
    public const string AppMention = "app_mention";
    public const string Message = "message";
    public const string AppHomeOpened = "app_home_opened";
    public const string MessageChanged = "message_changed";

    /// <summary>A message in a thread that its writer also sent to the channel.</summary>
    public const string ThreadBroadcast = "thread_broadcast";

    /// <summary><see cref="AppMention"/>, <see cref="Message"/>, <see cref="AppHomeOpened"/>, or another.</summary>
    public string Type
    {
        get => field ?? "";
        init;
    }

    /// <summary>Null for a plain message; <see cref="MessageChanged"/>, <see cref="ThreadBroadcast"/> and others.</summary>
    public string? Subtype { get; init; }

    [JsonConverter(typeof(IdConverter))]
    public string? User { get; init; }

    /// <summary>There when a bot wrote the message, ourselves too.</summary>
    public string? BotId { get; init; }

    public string? Text { get; init; }

    [JsonConverter(typeof(IdConverter))]
    public string? Channel { get; init; }

    /// <summary>"channel", "group", "im" and others.</summary>
    public string? ChannelType { get; init; }

    public string? Ts { get; init; }

    /// <summary>The message that the thread hangs on; null outside of threads.</summary>
    public string? ThreadTs { get; init; }

    public string? EventTs { get; init; }

    /// <summary>For <see cref="MessageChanged"/>: the message as it is now.</summary>
    [JsonPropertyName("message")]
    public SlackEventMessage? ChangedMessage { get; init; }

    /// <summary>For <see cref="AppHomeOpened"/>: "home" or "messages".</summary>
    public string? Tab { get; init; }
}

public sealed record SlackEventMessage(
    [property: JsonConverter(typeof(IdConverter))] string? User,
    string? BotId,
    string? Subtype,
    string? Text,
    string? Ts,
    string? ThreadTs
);
