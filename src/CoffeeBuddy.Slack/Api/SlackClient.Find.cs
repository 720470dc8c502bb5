using System.Globalization;
using System.Text.Json;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>The most calls that one search makes: whoever holds something meanwhile counts with it.</summary>
    public const int MostPages = 3;

    private const string PerPage = "200";

    /// <summary>
    /// Looks for a message that we may have posted: the answer was lost, or who posted it died before writing it down. Of
    /// the conversation it reads what is younger than <paramref name="since"/>, at most 600 messages.
    /// </summary>
    /// <param name="threadTs">The head of the thread it was to be posted in; null: in the channel itself.</param>
    /// <param name="since">Before the first attempt, with room for clocks that disagree.</param>
    /// <returns>Null when it is not there.</returns>
    /// <exception cref="SlackApiException">Also <c>missing_scope</c>: reading needs the history scope of the kind of channel.</exception>
    public async Task<FoundMessage?> FindMessageAsync(
        string channel,
        string? threadTs,
        MessageTag tag,
        DateTimeOffset since,
        string? teamId = null,
        CancellationToken cancellationToken = default
    )
    {
        var method = threadTs is null ? "conversations.history" : "conversations.replies";
        var oldest = string.Create(CultureInfo.InvariantCulture, $"{since.ToUnixTimeSeconds()}.000000");
        string? cursor = null;
        for (var page = 1; page <= MostPages; page++)
        {
            (string, string?)[] arguments =
            [
                ("channel", channel),
                ("ts", threadTs),
                ("oldest", oldest),
                ("limit", PerPage),
                ("include_all_metadata", "true"),
                ("cursor", cursor),
            ];
            var response = await ReadAsync(
                method,
                arguments,
                SlackMessagesJson.Default.HistoryResponse,
                teamId,
                cancellationToken
            );
            foreach (var message in response.Messages ?? throw SlackTransport.Invalid(method))
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
            return metadata.Deserialize(SlackMessagesJson.Default.MessageMetadata)?.EventPayload;
        }
        catch (JsonException)
        {
            return null; // Somebody else's, by the same name.
        }
    }
}
