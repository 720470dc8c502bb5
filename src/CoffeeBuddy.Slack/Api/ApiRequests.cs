using CoffeeBuddy.Slack.BlockKit;

namespace CoffeeBuddy.Slack.Api;

/// <summary>The arguments of the chat methods and of a message to a response_url.</summary>
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

/// <summary>The arguments of the view methods.</summary>
internal sealed record ViewRequest(View View)
{
    public string? TriggerId { get; init; }
    public string? ViewId { get; init; }
    public string? UserId { get; init; }
    public string? Hash { get; init; }
    public string? TeamId { get; init; }
}

/// <param name="InitialComment">In mrkdwn.</param>
internal sealed record CompleteUploadRequest(
    IReadOnlyList<CompletedFile> Files,
    string ChannelId,
    string InitialComment
);

internal sealed record CompletedFile(string Id, string Title);

internal sealed record OpenConversationRequest(string Users, string? TeamId);
