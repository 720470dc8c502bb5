using CoffeeBuddy.Slack.BlockKit;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>Posts in a channel, or in the thread of a message.</summary>
    /// <param name="tag">Hidden in the message, so that <see cref="FindMessageAsync"/> can find it.</param>
    public Task<PostedMessage> PostMessageAsync(
        string channel,
        SlackMessage message,
        string? threadTs = null,
        string? workspaceId = null,
        MessageTag? tag = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with
        {
            Channel = channel,
            ThreadTs = threadTs,
            TeamId = SlackIds.TeamOf(workspaceId),
            UnfurlLinks = false,
            UnfurlMedia = false,
            Metadata = tag is null ? null : new MessageMetadata(MessageTag.EventType, tag),
        };
        return SendAsync(SlackMethod.PostMessage, request, channel, cancellationToken);
    }

    /// <summary>Replaces a message.</summary>
    public Task<PostedMessage> UpdateMessageAsync(
        string channel,
        string ts,
        SlackMessage message,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with { Channel = channel, Ts = ts, TeamId = SlackIds.TeamOf(workspaceId) };
        return SendAsync(SlackMethod.UpdateMessage, request, channel, cancellationToken);
    }

    /// <summary>
    /// Shows a message in a channel to one person only. It cannot be changed, and Slack does not keep it.
    /// </summary>
    public async Task PostEphemeralAsync(
        string channel,
        string userId,
        SlackMessage message,
        string? threadTs = null,
        string? workspaceId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with
        {
            Channel = channel,
            User = userId,
            ThreadTs = threadTs,
            TeamId = SlackIds.TeamOf(workspaceId),
        };
        await CallAsync(
            SlackMethod.PostEphemeral,
            request,
            ApiJson.Default.MessageRequest,
            ApiJson.Default.ApiResponse,
            new RateLimitScope(request.TeamId),
            cancellationToken
        );
    }

    /// <summary>
    /// Sends a message to one person through a response_url, which takes five messages within 30 minutes. The app does
    /// not have to be in the channel.
    /// </summary>
    /// <exception cref="SlackApiException">Also <c>invalid_response_url</c>: the address is not one of
    /// Slack's.</exception>
    public async Task RespondAsync(
        string responseUrl,
        SlackMessage message,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with
        {
            ResponseType = CommandResponse.Ephemeral,
            // The message with the button is for the whole channel and must stay.
            ReplaceOriginal = false,
        };
        await _transport.RespondAsync(
            responseUrl,
            ApiJson.Content(request, ApiJson.Default.MessageRequest),
            cancellationToken
        );
    }

    private static MessageRequest Request(SlackMessage message) =>
        new() { Text = message.Text, Blocks = message.Blocks };

    private async Task<PostedMessage> SendAsync(
        SlackMethod method,
        MessageRequest request,
        string channel,
        CancellationToken cancellationToken
    )
    {
        var response = await CallAsync(
            method,
            request,
            ApiJson.Default.MessageRequest,
            ApiJson.Default.MessageResponse,
            new RateLimitScope(request.TeamId, channel),
            cancellationToken
        );
        return response.Ts is null
            ? throw SlackAnswer.Invalid(method)
            : new PostedMessage(response.Channel ?? channel, response.Ts);
    }
}
