using System.Text.Json;
using System.Text.Json.Serialization;
using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

internal sealed record MessageRequest
{
    public string? Channel { get; init; }
    public string? User { get; init; }
    public string? Ts { get; init; }
    public string? ThreadTs { get; init; }
    public required string Text { get; init; }
    public required IReadOnlyList<Block> Blocks { get; init; }
    public bool? UnfurlLinks { get; init; }
    public bool? UnfurlMedia { get; init; }
    public string? TeamId { get; init; }
    public MessageMetadata? Metadata { get; init; }
    public string? ResponseType { get; init; }
    public bool? ReplaceOriginal { get; init; }
}

internal sealed record MessageMetadata(string EventType, MessageTag EventPayload);

internal sealed record ViewRequest(
    View View,
    string? TriggerId = null,
    string? ViewId = null,
    string? UserId = null,
    string? Hash = null,
    string? TeamId = null
);

internal sealed record OpenConversationRequest(string Users, string? TeamId);

internal record ApiResponse
{
    /// <summary>Null when it was not Slack who answered.</summary>
    public bool? Ok { get; init; }
    public string? Error { get; init; }

    /// <summary>With missing_scope: the scope.</summary>
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

/// <param name="Metadata">Anybody's: its shape is known only once its type is.</param>
internal sealed record HistoryItem(string? Ts, JsonElement? Metadata);

internal sealed record ViewCallResponse : ApiResponse
{
    public OpenedView? View { get; init; }
}

internal sealed record UserResponse : ApiResponse
{
    public UserObject? User { get; init; }
}

internal sealed record UserObject(
    string? Id,
    string? Name,
    string? RealName,
    string? Tz,
    UserProfileObject? Profile,
    bool Deleted = false,
    bool IsBot = false
);

internal sealed record UserProfileObject(string? DisplayName, string? RealName, string? Email);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(MessageRequest))]
[JsonSerializable(typeof(ViewRequest))]
[JsonSerializable(typeof(OpenConversationRequest))]
[JsonSerializable(typeof(ApiResponse))]
[JsonSerializable(typeof(MessageResponse))]
[JsonSerializable(typeof(MessageMetadata))]
[JsonSerializable(typeof(HistoryResponse))]
[JsonSerializable(typeof(ViewCallResponse))]
[JsonSerializable(typeof(UserResponse))]
internal sealed partial class SlackMessagesJson : JsonSerializerContext;
