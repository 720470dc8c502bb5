using System.Text.Json.Serialization.Metadata;
using CoffeeBuddy.Slack.Payloads;

namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// The methods of Slack's Web API that CoffeeBuddy uses. A call waits at most
/// <see cref="SlackOptions.MaxRateLimitWait"/> for the rate limiter and has a time limit,
/// <see cref="SlackOptions.Timeout"/> or <see cref="SlackOptions.ViewTimeout"/>. A call that fails throws
/// <see cref="SlackApiException"/>; the client does not repeat it, because the caller's retry policy does.
/// The <c>workspaceId</c> is needed with the token of an organisation.
/// </summary>
public sealed partial class SlackClient
{
    private readonly SlackTransport _transport;

    internal SlackClient(SlackTransport transport) => _transport = transport;

    private Task<TResponse> CallAsync<TRequest, TResponse>(
        SlackMethod method,
        TRequest request,
        JsonTypeInfo<TRequest> requestType,
        JsonTypeInfo<TResponse> responseType,
        RateLimitScope scope,
        CancellationToken cancellationToken
    )
        where TResponse : ApiResponse =>
        _transport.CallAsync(method, ApiJson.Content(request, requestType), responseType, scope, cancellationToken);

    /// <summary>Slack's reading methods take forms, not JSON.</summary>
    private Task<TResponse> ReadAsync<TResponse>(
        SlackMethod method,
        IEnumerable<(string Name, string? Value)> arguments,
        JsonTypeInfo<TResponse> responseType,
        string? workspaceId,
        CancellationToken cancellationToken
    )
        where TResponse : ApiResponse
    {
        var teamId = SlackIds.TeamOf(workspaceId);
        var given = arguments
            .Append((Name: "team_id", Value: teamId))
            .Where(argument => !string.IsNullOrEmpty(argument.Value))
            .Select(argument => KeyValuePair.Create(argument.Name, argument.Value!));
        return _transport.CallAsync(
            method,
            new FormUrlEncodedContent(given),
            responseType,
            new RateLimitScope(teamId),
            cancellationToken
        );
    }
}
