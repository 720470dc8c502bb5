using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

/// <summary>What every method of the Web API returns.</summary>
internal record ApiResponse
{
    /// <summary>Null when the answer does not come from Slack, but from a proxy for example.</summary>
    public bool? Ok { get; init; }
    public string? Error { get; init; }

    /// <summary>The scope that is missing, with the error <c>missing_scope</c>.</summary>
    public string? Needed { get; init; }

    public ResponseMetadata? ResponseMetadata { get; init; }
}

internal sealed record ResponseMetadata(IReadOnlyList<string>? Messages, string? NextCursor = null);

internal sealed record MessageResponse : ApiResponse
{
    [JsonConverter(typeof(IdConverter))]
    public string? Channel { get; init; }

    public string? Ts { get; init; }
}

internal sealed record HistoryResponse : ApiResponse
{
    public IReadOnlyList<HistoryItem>? Messages { get; init; }
}

/// <param name="Metadata">Its shape depends on the app that posted the message.</param>
internal sealed record HistoryItem(string? Ts, JsonElement? Metadata);

internal sealed record ViewCallResponse : ApiResponse
{
    public OpenedView? View { get; init; }
}

internal sealed record UserResponse : ApiResponse
{
    public UserObject? User { get; init; }
}

internal sealed record MembersResponse : ApiResponse
{
    public IReadOnlyList<string>? Members { get; init; }
}

internal sealed record UploadUrlResponse : ApiResponse
{
    public string? UploadUrl { get; init; }
    public string? FileId { get; init; }
}

internal sealed record ConversationResponse : ApiResponse
{
    public ConversationObject? Channel { get; init; }
}

internal sealed record ConversationObject(bool IsArchived = false);

internal sealed record SocketResponse : ApiResponse
{
    public string? Url { get; init; }
}

/// <summary>The period that runs, or the next one; 1 and 1 when there is none.</summary>
internal sealed record DoNotDisturbResponse : ApiResponse
{
    public bool DndEnabled { get; init; }
    public long NextDndStartTs { get; init; }
    public long NextDndEndTs { get; init; }
}

internal sealed record UserObject(
    string? Id,
    string? Name,
    string? RealName,
    string? Tz,
    UserProfileObject? Profile,
    string? TeamId = null,
    bool Deleted = false,
    bool IsBot = false,
    bool IsStranger = false,
    bool IsRestricted = false,
    bool IsUltraRestricted = false,
    int? TzOffset = null,
    string? Locale = null
);

internal sealed record UserProfileObject(string? DisplayName, string? RealName, string? Email);
