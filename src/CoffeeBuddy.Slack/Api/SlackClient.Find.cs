using System.Globalization;
using System.Text.Json;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>
    /// The most calls that one search makes. Each may take <see cref="SlackOptions.MaxRateLimitWait"/> and
    /// <see cref="SlackOptions.Timeout"/>.
    /// </summary>
    public const int MaxSearchPages = 3;

    private const string MessagesPerPage = "200";

    /// <summary>
    /// Looks for a message of ours after a post without an answer. It reads at most 600 messages that are younger than
    /// <paramref name="since"/>.
    /// </summary>
    /// <param name="threadTs">The first message of the thread to search; null: search the channel itself.</param>
    /// <param name="since">When the first attempt began, less the possible difference between our clock and
    /// Slack's.</param>
    /// <returns>Null when it is not there.</returns>
    /// <exception cref="SlackApiException">Also <c>missing_scope</c>: reading needs the history scope for the channel's
    /// type.</exception>
    public async Task<FoundMessage?> FindMessageAsync(
        string channel,
        string? threadTs,
        MessageTag tag,
        DateTimeOffset since,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var method = threadTs is null ? SlackMethod.History : SlackMethod.Replies;
        var oldest = string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeSeconds()}.000000");
        string? cursor = null;
        for (var page = 1; page <= MaxSearchPages; page++)
        {
            (string, string?)[] arguments =
            [
                ("channel", channel),
                ("ts", threadTs),
                ("oldest", oldest),
                ("limit", MessagesPerPage),
                ("include_all_metadata", "true"),
                ("cursor", cursor),
            ];
            var response = await ReadAsync(
                method,
                arguments,
                ApiJson.Default.HistoryResponse,
                workspaceId,
                cancellationToken
            );
            foreach (var message in response.Messages ?? throw SlackAnswer.Invalid(method))
            {
                if (message.Ts is { } ts && TagOf(message) is { } found && tag.IsSameMessage(found))
                    return new(new(channel, ts), found.Version);
            }
            cursor = response.ResponseMetadata?.NextCursor;
            if (string.IsNullOrEmpty(cursor))
                break;
        }
        return null;
    }

    private static MessageTag? TagOf(HistoryItem message)
    {
        if (
            message.Metadata is not { ValueKind: JsonValueKind.Object } metadata
            || !metadata.TryGetProperty("event_type", out var type)
            || type.ValueKind != JsonValueKind.String
            || !type.ValueEquals(MessageTag.EventType)
        )
        {
            return null;
        }

        try
        {
            return metadata.Deserialize(ApiJson.Default.MessageMetadata)?.EventPayload;
        }
        catch (JsonException)
        {
            return null; // Another app uses the same event type for its own data.
        }
    }
}
