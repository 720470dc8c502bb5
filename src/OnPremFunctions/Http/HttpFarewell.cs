using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using OnPremFunctions.Hosting;

namespace OnPremFunctions.Http;

/// <summary>
/// Lets clients that keep their connections open go elsewhere before Kestrel closes them, perhaps just when a request is on its way: while
/// the host drains, every answer says <c>Connection: close</c>, and Kestrel goes on for a while (RFC 9112, section 9.6).
/// </summary>
internal sealed class HttpFarewell(HostState state)
{
    private static readonly TimeSpan _interval = TimeSpan.FromMilliseconds(20);

    private readonly Func<object, Task> _sayFarewell = http =>
    {
        if (state.IsDraining)
            ((HttpContext)http).Response.Headers.Connection = "close";
        return Task.CompletedTask;
    };

    private int _open;

    /// <summary>Kestrel's connection middleware.</summary>
    public async Task CountAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        Interlocked.Increment(ref _open);
        try
        {
            await next(connection);
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
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

    /// <summary>Returns when every client has gone, at the latest after <c>lingerTimeout</c>; at once where no function is an HTTP function.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        if (!state.Functions.Any(static function => function.Trigger is HttpBinding))
            return;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(state.Options.HttpLingerTimeout);
        using var timer = new PeriodicTimer(_interval);
        try
        {
            while (Volatile.Read(ref _open) > 0)
                await timer.WaitForNextTickAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            // Whoever has not asked for anything meanwhile finds the connection closed.
        }
    }
}
