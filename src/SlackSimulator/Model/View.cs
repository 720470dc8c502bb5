using SlackSimulator.BlockKit;
using SlackSimulator.Json;

namespace SlackSimulator.Model;

/// <summary>An open modal or a published home. Read and changed under the workspace's lock.</summary>
internal sealed class View
{
    public required string Id { get; init; }

    public required string UserId { get; init; }

    public required string RootId { get; init; }

    public string? PreviousId { get; init; }

    /// <summary>
    /// The conversation where it was opened, for <c>default_to_current_conversation</c>; null when it was opened
    /// elsewhere.
    /// </summary>
    public string? ChannelId { get; init; }

    public required JsonObject Definition { get; set; }

    public required string Hash { get; set; }

    public required InputState State { get; set; }

    public string Type => Definition["type"].Text() ?? "modal";

    public string? ExternalId => Definition["external_id"].Text() is { Length: > 0 } id ? id : null;

    public JsonArray Blocks => Definition["blocks"]!.AsArray();

    public bool NotifyOnClose => Definition["notify_on_close"].IsTrue();
}
