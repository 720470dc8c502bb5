using System.Net.WebSockets;
using CoffeeBuddy.Slack.SocketMode;

namespace CoffeeBuddy.Slack.Api;

public sealed partial class SlackClient
{
    /// <summary>
    /// Opens a Socket Mode connection with the app-level token. It can be used once Slack has sent <c>hello</c>.
    /// </summary>
    /// <exception cref="SlackApiException">The address was refused, or the connection did not open.</exception>
    public async Task<SocketConnection> OpenSocketAsync(CancellationToken cancellationToken)
    {
        var method = SlackMethod.OpenSocket;
        var response = await _transport.CallAsync(
            method,
            new FormUrlEncodedContent([]),
            ApiJson.Default.SocketResponse,
            new RateLimitScope(WorkspaceId: null),
            cancellationToken
        );
        if (!TryParse(response.Url, out var address))
            throw SlackAnswer.Invalid(method);

        using var timeout = new CancellationTokenSource(_transport.Timeout, _transport.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            return await SocketConnection.OpenAsync(address, _transport.Http, either.Token);
        }
        catch (Exception exception)
            when (exception is WebSocketException or HttpRequestException
                || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            throw method.Failure(
                "network",
                SlackErrorKind.Retry,
                SlackOutcome.NotDone,
                // The message of a WebSocketException has the status; the address, which is a secret, is in none.
                details: exception is WebSocketException ? [exception.Message] : [],
                innerException: exception
            );
        }
    }

    /// <summary>Encrypted, or on this machine.</summary>
    private static bool TryParse(string? url, out Uri address) =>
        Uri.TryCreate(url, UriKind.Absolute, out address!)
        && (address.Scheme == Uri.UriSchemeWss || (address.Scheme == Uri.UriSchemeWs && address.IsLoopback));
}
