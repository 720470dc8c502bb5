using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Http;

/// <summary>
/// Lets clients that have a connection go elsewhere before Kestrel closes it, perhaps just when a request is on its way: while the host
/// drains, every answer says <c>Connection: close</c>, and once Kestrel accepts no more, a connection is kept for a while for one more
/// request (RFC 9112, section 9.6).
/// </summary>
internal sealed class HttpFarewell(HostState state)
{
    private readonly Func<object, Task> _sayFarewell = http =>
    {
        if (state.IsDraining)
            ((HttpContext)http).Response.Headers.Connection = "close";
        return Task.CompletedTask;
    };

    /// <summary>Kestrel's connection middleware: what Kestrel asks a connection that waits for a request is heard only <c>lingerTimeout</c> later.</summary>
    public async Task LingerAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        var lifetime = connection.Features.GetRequiredFeature<IConnectionLifetimeNotificationFeature>();
        using var closing = new CancellationTokenSource();
        await using var asked = lifetime.ConnectionClosedRequested.Register(() => closing.CancelAfter(LingerTimeout));
        lifetime.ConnectionClosedRequested = closing.Token;
        await next(connection);
    }

    /// <summary>Middleware around every request.</summary>
    public Task AnswerAsync(HttpContext http, RequestDelegate next)
    {
        // Said last, so that it is also true of who was asked before the host began to drain, and no error's answer clears it away.
        // HTTP/2 has no such header; there Kestrel says by itself that it goes away.
        if (HttpProtocol.IsHttp11(http.Request.Protocol))
            http.Response.OnStarting(_sayFarewell, http);
        return next(http);
    }

    // Where no function is an HTTP function, only probes and scrapes are cut off.
    private TimeSpan LingerTimeout =>
        state.Functions.Any(static function => function.Trigger is HttpBinding)
            ? state.Options.HttpLingerTimeout
            : TimeSpan.Zero;
}
