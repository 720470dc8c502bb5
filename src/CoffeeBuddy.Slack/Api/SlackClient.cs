using System.Text.Json.Serialization.Metadata;
using CoffeeBuddy.Slack.BlockKit;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// The methods of Slack's Web API that CoffeeBuddy uses. Each call has a time limit and throws
/// <see cref="SlackApiException"/> when it fails; none is repeated here, that is for the caller who can wait.
/// <c>teamId</c> is for the token of an organisation; a workspace's token does without.
/// </summary>
public sealed partial class SlackClient(
    SlackTransport transport,
    SlackRateLimiter limiter,
    IOptionsMonitor<SlackOptions> options
)
{
    /// <summary>Posts in a channel, or in the thread of a message.</summary>
    /// <param name="tag">By which <see cref="FindMessageAsync"/> finds it again.</param>
    public async Task<PostedMessage> PostMessageAsync(
        string channel,
        SlackMessage message,
        string? threadTs = null,
        string? teamId = null,
        MessageTag? tag = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with
        {
            Channel = channel,
            ThreadTs = threadTs,
            TeamId = teamId,
            UnfurlLinks = false,
            UnfurlMedia = false,
            Metadata = tag is null ? null : new MessageMetadata(MessageTag.EventType, tag),
        };
        return await SendMessageAsync("chat.postMessage", request, channel, cancellationToken);
    }

    /// <summary>Shows a message to one person in a channel; it cannot be changed and is gone when Slack restarts.</summary>
    public async Task PostEphemeralAsync(
        string channel,
        string userId,
        SlackMessage message,
        string? threadTs = null,
        string? teamId = null,
        CancellationToken cancellationToken = default
    )
    {
        const string method = "chat.postEphemeral";
        var request = Request(message) with { Channel = channel, User = userId, ThreadTs = threadTs, TeamId = teamId };
        await CallAsync(
            method,
            SlackTransport.Json(request, SlackMessagesJson.Default.MessageRequest),
            SlackMessagesJson.Default.ApiResponse,
            channel,
            teamId,
            cancellationToken
        );
    }

    /// <summary>Replaces a message.</summary>
    public async Task<PostedMessage> UpdateMessageAsync(
        string channel,
        string ts,
        SlackMessage message,
        string? teamId = null,
        CancellationToken cancellationToken = default
    )
    {
        var request = Request(message) with { Channel = channel, Ts = ts, TeamId = teamId };
        return await SendMessageAsync("chat.update", request, channel, cancellationToken);
    }

    /// <summary>Opens a modal for the person whose command or click the trigger comes from.</summary>
    public Task<OpenedView> OpenViewAsync(
        string triggerId,
        View view,
        string? teamId = null,
        CancellationToken cancellationToken = default
    ) => SendViewAsync("views.open", new ViewRequest(view, TriggerId: triggerId, TeamId: teamId), cancellationToken);

    /// <summary>Replaces an open modal.</summary>
    /// <param name="hash">The state it must still have, if that matters; else <c>hash_conflict</c>.</param>
    public Task<OpenedView> UpdateViewAsync(
        string viewId,
        View view,
        string? hash = null,
        string? teamId = null,
        CancellationToken cancellationToken = default
    ) =>
        SendViewAsync(
            "views.update",
            new ViewRequest(view, ViewId: viewId, Hash: hash, TeamId: teamId),
            cancellationToken
        );

    /// <summary>Sets a person's App Home.</summary>
    public Task<OpenedView> PublishViewAsync(
        string userId,
        View view,
        string? teamId = null,
        CancellationToken cancellationToken = default
    ) => SendViewAsync("views.publish", new ViewRequest(view, UserId: userId, TeamId: teamId), cancellationToken);

    /// <summary>The channel of our direct messages with a person.</summary>
    public async Task<string> OpenConversationAsync(
        string userId,
        string? teamId = null,
        CancellationToken cancellationToken = default
    )
    {
        const string method = "conversations.open";
        var body = SlackTransport.Json(
            new OpenConversationRequest(userId, teamId),
            SlackMessagesJson.Default.OpenConversationRequest
        );
        var response = await CallAsync(
            method,
            body,
            SlackMessagesJson.Default.MessageResponse,
            channel: null,
            teamId,
            cancellationToken
        );
        return response.Channel ?? throw SlackTransport.Invalid(method);
    }

    /// <summary>A person's profile.</summary>
    public async Task<SlackUser> GetUserAsync(
        string userId,
        string? teamId = null,
        CancellationToken cancellationToken = default
    )
    {
        const string method = "users.info";
        var response = await ReadAsync(
            method,
            [("user", userId)],
            SlackMessagesJson.Default.UserResponse,
            teamId,
            cancellationToken
        );
        var user = response.User ?? throw SlackTransport.Invalid(method);
        return new SlackUser(
            user.Id ?? userId,
            FirstText(user.Profile?.DisplayName, user.Profile?.RealName, user.RealName, user.Name) ?? userId,
            FirstText(user.Profile?.RealName, user.RealName),
            FirstText(user.Profile?.Email),
            FirstText(user.Tz),
            user.IsBot,
            user.Deleted
        );
    }

    /// <summary>Answers one person through a response_url: five times within 30 minutes, without needing to be in the channel.</summary>
    /// <exception cref="SlackApiException">Also <c>invalid_response_url</c>, unless the address is one of Slack's.</exception>
    public async Task RespondAsync(
        string responseUrl,
        SlackMessage message,
        CancellationToken cancellationToken = default
    )
    {
        // The message that holds the button stays as it is: it belongs to everybody in the channel.
        var request = Request(message) with
        {
            ResponseType = CommandResponse.Ephemeral,
            ReplaceOriginal = false,
        };
        using var body = SlackTransport.Json(request, SlackMessagesJson.Default.MessageRequest);
        await transport.RespondAsync(responseUrl, body, cancellationToken);
    }

    private static MessageRequest Request(SlackMessage message) =>
        new() { Text = message.Text, Blocks = message.Blocks };

    private async Task<PostedMessage> SendMessageAsync(
        string method,
        MessageRequest request,
        string channel,
        CancellationToken cancellationToken
    )
    {
        var body = SlackTransport.Json(request, SlackMessagesJson.Default.MessageRequest);
        var response = await CallAsync(
            method,
            body,
            SlackMessagesJson.Default.MessageResponse,
            channel,
            request.TeamId,
            cancellationToken
        );
        return response.Ts is null
            ? throw SlackTransport.Invalid(method)
            : new PostedMessage(response.Channel ?? channel, response.Ts);
    }

    private async Task<OpenedView> SendViewAsync(
        string method,
        ViewRequest request,
        CancellationToken cancellationToken
    )
    {
        var body = SlackTransport.Json(request, SlackMessagesJson.Default.ViewRequest);
        var response = await CallAsync(
            method,
            body,
            SlackMessagesJson.Default.ViewCallResponse,
            channel: null,
            request.TeamId,
            cancellationToken
        );
        return response.View ?? throw SlackTransport.Invalid(method);
    }

    /// <summary>Slack's reading methods take forms, not JSON.</summary>
    private Task<T> ReadAsync<T>(
        string method,
        IEnumerable<(string Name, string? Value)> arguments,
        JsonTypeInfo<T> responseType,
        string? teamId,
        CancellationToken cancellationToken
    )
        where T : ApiResponse
    {
        var given = arguments
            .Append((Name: "team_id", Value: teamId))
            .Where(argument => !string.IsNullOrEmpty(argument.Value));
        var body = new FormUrlEncodedContent(
            given.Select(argument => KeyValuePair.Create(argument.Name, argument.Value!))
        );
        return CallAsync(method, body, responseType, channel: null, teamId, cancellationToken);
    }

    private async Task<T> CallAsync<T>(
        string method,
        HttpContent body,
        JsonTypeInfo<T> responseType,
        string? channel,
        string? teamId,
        CancellationToken cancellationToken
    )
        where T : ApiResponse
    {
        using (body)
        {
            await limiter.WaitAsync(method, channel, teamId, options.CurrentValue.MaxRateLimitWait, cancellationToken);
            try
            {
                return await transport.CallAsync(method, body, responseType, cancellationToken);
            }
            catch (SlackApiException exception)
                when (exception is { Kind: SlackErrorKind.RateLimited, RetryAfter: { } retryAfter })
            {
                limiter.Block(method, channel, teamId, retryAfter);
                throw;
            }
        }
    }

    private static string? FirstText(params ReadOnlySpan<string?> candidates)
    {
        foreach (var candidate in candidates)
        {
            if (!string.IsNullOrWhiteSpace(candidate))
                return candidate;
        }
        return null;
    }
}
