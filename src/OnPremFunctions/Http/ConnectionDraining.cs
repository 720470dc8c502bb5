using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Http;

/// <summary>
/// Lets clients with open connections move away before Kestrel closes them, so that no connection is closed while a
/// request is on its way. While the host drains, every response has <c>Connection: close</c>; after Kestrel has stopped
/// accepting, an idle connection stays open for up to <c>lingerTimeout</c> for one more request (RFC 9112, section
/// 9.6).
/// </summary>
internal sealed class ConnectionDraining(HostState state)
{
    private readonly Func<object, Task> _addCloseHeader = http =>
    {
        if (state.IsDraining)
            ((HttpContext)http).Response.Headers.Connection = "close";
        return Task.CompletedTask;
    };

    /// <summary>
    /// Connection middleware: delays Kestrel's request to close an idle connection by <c>lingerTimeout</c>.
    /// </summary>
    public async Task LingerAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var lifetime = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
        using var closing = new CancellationTokenSource();
        await using var requested = lifetime.ConnectionClosedRequested.Register(() =>
            closing.CancelAfter(LingerTimeout)
        );
        lifetime.ConnectionClosedRequested = closing.Token;
        await next(connection);
    }

    /// <summary>Request middleware: adds the header.</summary>
    public Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        // Added when the response starts: the host may begin to drain during the request, and an error response clears
        // earlier headers. HTTP/2 has no such header; Kestrel sends GOAWAY there.
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.OnStarting(_addCloseHeader, http);
        return next(http);
    }

    // Without HTTP functions only probes and metric scrapes are cut off.
    private TimeSpan LingerTimeout =>
        state.Functions.Any(static function => function.Trigger is HttpBinding)
            ? state.Options.HttpLingerTimeout
            : TimeSpan.Zero;
}
