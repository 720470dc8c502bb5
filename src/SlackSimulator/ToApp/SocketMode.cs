using System.Net.WebSockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>Socket Mode: one-use addresses, up to ten connections, envelopes spread over them, each to be acknowledged within 3 s.</summary>
internal sealed partial class SocketMode(WorkspaceClock clock, AppSettings app, ServerAddress address, IHostApplicationLifetime lifetime, ILogger<SocketMode> logger)
{
    private const int MaxConnections = 10;
    private readonly Lock _gate = new();
    private readonly HashSet<string> _tickets = new(StringComparer.Ordinal);
    private readonly List<SocketConnection> _connections = [];
    private uint _turn;

    public int Connections
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>What <c>apps.connections.open</c> answers: an address that opens one connection.</summary>
    public Uri NewAddress()
    {
        var ticket = IdSource.Secret(16);
        lock (_gate)
            _tickets.Add(ticket);
        return new UriBuilder(address.Value) { Scheme = "ws", Path = "/link/", Query = $"ticket={ticket}&app_id={app.Current.AppId}" }.Uri;
    }

    public void Map(WebApplication server) => server.Map("/link", AcceptAsync);

    public async Task<AppAnswer> SendAsync(AppRequest request, CancellationToken cancellationToken)
    {
        SocketConnection connection;
        lock (_gate)
        {
            if (_connections.Count == 0)
                return new AppAnswer(null, "", null, 0, "connection_failed");
            connection = _connections[(int)(_turn++ % (uint)_connections.Count)];
        }

        return await connection.SendAsync(request, cancellationToken);
    }

    /// <summary>Tells every connection to go; <c>refresh_requested</c> and <c>link_disabled</c> also close it, <c>warning</c> does not.</summary>
    public async Task DisconnectAsync(string reason, CancellationToken cancellationToken)
    {
        List<SocketConnection> connections;
        lock (_gate)
            connections = [.. _connections];
        foreach (var connection in connections)
            await connection.DisconnectAsync(reason, cancellationToken);
    }

    private async Task AcceptAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        bool known;
        lock (_gate)
            known = _tickets.Remove(context.Request.Query["ticket"].ToString());
        if (!known)
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        // Pings keep the SDKs content, which close a connection that has none.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { KeepAliveInterval = TimeSpan.FromSeconds(5), KeepAliveTimeout = TimeSpan.FromSeconds(30) });
        using var connection = new SocketConnection(socket, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, lifetime.ApplicationStopping);
        int count;
        lock (_gate)
        {
            count = _connections.Count + 1;
            if (count <= MaxConnections)
                _connections.Add(connection);
        }

        if (count > MaxConnections)
        {
            await connection.DisconnectAsync("too_many_websockets", either.Token);
            return;
        }

        Log.Connected(logger, count);
        try
        {
            await connection.WriteAsync(Hello(count), either.Token);
            await connection.ReadAsync(either.Token);
        }
        catch (Exception error) when (error is OperationCanceledException or WebSocketException)
        {
            Log.Lost(logger, error.Message);
        }
        finally
        {
            lock (_gate)
                _connections.Remove(connection);
        }
    }

    private JsonObject Hello(int count) => new()
    {
        ["type"] = "hello",
        ["num_connections"] = count,
        ["debug_info"] = new JsonObject { ["host"] = "applink-simulated", ["build_number"] = 1, ["approximate_connection_time"] = 18060 },
        ["connection_info"] = new JsonObject { ["app_id"] = app.Current.AppId },
    };

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "Socket Mode connection {Number} opened")]
        public static partial void Connected(ILogger logger, int number);

        [LoggerMessage(2, LogLevel.Information, "Socket Mode connection lost: {Reason}")]
        public static partial void Lost(ILogger logger, string reason);
    }
}

/// <summary>One WebSocket of the app.</summary>
internal sealed class SocketConnection(WebSocket socket, WorkspaceClock clock) : IDisposable
{
    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskCompletionSource<JsonNode?>> _waiting = new(StringComparer.Ordinal);

    public async Task<AppAnswer> SendAsync(AppRequest request, CancellationToken cancellationToken)
    {
        var id = Guid.NewGuid().ToString();
        var acknowledged = _waiting[id] = new TaskCompletionSource<JsonNode?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var envelope = new JsonObject
        {
            ["envelope_id"] = id,
            ["payload"] = request.Payload.Clone(),
            ["type"] = request.EnvelopeType,
            ["accepts_response_payload"] = request.AcceptsResponse,
        };
        if (request.EnvelopeType is "events_api")
        {
            envelope["retry_attempt"] = request.RetryNum;
            envelope["retry_reason"] = request.RetryReason ?? "";
        }

        var started = clock.Provider.GetTimestamp();
        try
        {
            await WriteAsync(envelope, cancellationToken);
            var payload = await acknowledged.Task.WaitAsync(HttpTransport.Patience, clock.Provider, cancellationToken);
            return new AppAnswer(200, payload?.ToWire() ?? "", payload is null ? null : "application/json", Elapsed(), null);
        }
        catch (TimeoutException)
        {
            return new AppAnswer(null, "", null, Elapsed(), "operation_timeout");
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new AppAnswer(null, "", null, Elapsed(), "connection_failed");
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }

        double Elapsed() => clock.Provider.GetElapsedTime(started).TotalMilliseconds;
    }

    public async Task WriteAsync(JsonObject message, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(message.ToWire()), WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Takes acknowledgements until the app closes.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                break;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            Acknowledge(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length));
            message.SetLength(0);
        }

        foreach (var waiting in _waiting.Values)
            waiting.TrySetCanceled(CancellationToken.None);
        if (socket.State is WebSocketState.CloseReceived)
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    public async Task DisconnectAsync(string reason, CancellationToken cancellationToken)
    {
        await WriteAsync(
            new JsonObject { ["type"] = "disconnect", ["reason"] = reason, ["debug_info"] = new JsonObject { ["host"] = "applink-simulated" } },
            cancellationToken);
        if (reason is not "warning")
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, reason, cancellationToken);
    }

    public void Dispose() => _writing.Dispose();

    private void Acknowledge(string text)
    {
        if (!JsonExtensions.TryParse(text, out var node) || node is not JsonObject answer || answer["envelope_id"].Text() is not { } id)
            return;
        if (_waiting.TryGetValue(id, out var waiting))
            waiting.TrySetResult(answer["payload"]?.DeepClone());
    }
}
