using System.Net.WebSockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>
/// Socket Mode: up to ten connections, each opened with a URL for one use. Envelopes are distributed in turn and must
/// be acknowledged within 3 s. A connection that is being closed gets no more of them.
/// </summary>
internal sealed partial class SocketMode(
    WorkspaceClock clock,
    AppSettings app,
    ServerAddress address,
    IHostApplicationLifetime lifetime,
    ILogger<SocketMode> logger
)
{
    private const int MaxConnections = 10;

    /// <summary>The number of envelopes that can be repeated.</summary>
    private const int MaxSent = 1_000;

    private readonly Lock _gate = new();
    private readonly HashSet<string> _tickets = new(StringComparer.Ordinal);
    private readonly List<SocketConnection> _connections = [];
    private readonly Queue<JsonObject> _sent = new();
    private uint _turn;

    public int Connections
    {
        get
        {
            lock (_gate)
                return _connections.Count;
        }
    }

    /// <summary>Creates a URL that opens one connection, for <c>apps.connections.open</c>.</summary>
    public Uri NewAddress()
    {
        var ticket = IdSource.Secret(16);
        lock (_gate)
            _tickets.Add(ticket);
        return new UriBuilder(address.Value)
        {
            Scheme = address.Value.Scheme == Uri.UriSchemeHttps ? "wss" : "ws",
            Path = "/link/",
            Query = $"ticket={ticket}&app_id={app.Current.AppId}",
        }.Uri;
    }

    public void Map(WebApplication server) => server.Map("/link", AcceptAsync);

    public async Task<AppAnswer> SendAsync(AppRequest request, CancellationToken cancellationToken)
    {
        var envelope = SocketConnection.Envelope(request);
        if (Next(envelope) is not { } connection)
            return new AppAnswer(null, "", null, 0, "connection_failed");
        return await connection.SendAsync(envelope, cancellationToken);
    }

    /// <summary>
    /// Sends the envelopes of the last requests once more, unchanged, as Slack does now and then. The answers have no
    /// effect.
    /// </summary>
    /// <returns>The number of envelopes.</returns>
    public async Task<int> RepeatAsync(CancellationToken cancellationToken)
    {
        List<JsonObject> sent;
        lock (_gate)
            sent = [.. _sent];
        foreach (var envelope in sent)
        {
            if (Next(null) is not { } connection)
                throw SimulatorError.BadRequest("no_connection", "There is no Socket Mode connection.");
            await connection.WriteAsync(envelope, cancellationToken);
        }

        return sent.Count;
    }

    /// <summary>
    /// Sends <c>disconnect</c>. The reasons <c>refresh_requested</c> and <c>link_disabled</c> also close the connection,
    /// <c>warning</c> does not.
    /// </summary>
    /// <param name="count">The number of connections, the oldest first; null for all.</param>
    public async Task DisconnectAsync(string reason, int? count, CancellationToken cancellationToken)
    {
        foreach (var connection in Oldest(count, remove: reason is not "warning"))
            await connection.DisconnectAsync(reason, cancellationToken);
    }

    /// <summary>Cuts connections without a word, as a network does.</summary>
    /// <inheritdoc cref="DisconnectAsync"/>
    public void Cut(int? count)
    {
        foreach (var connection in Oldest(count, remove: true))
            connection.Cut();
    }

    private List<SocketConnection> Oldest(int? count, bool remove)
    {
        lock (_gate)
        {
            List<SocketConnection> oldest = [.. _connections.Take(count ?? MaxConnections)];
            if (remove)
                _connections.RemoveRange(0, oldest.Count);
            return oldest;
        }
    }

    /// <param name="sent">The envelope to remember.</param>
    private SocketConnection? Next(JsonObject? sent)
    {
        lock (_gate)
        {
            if (_connections.Count == 0)
                return null;
            if (sent is not null)
                _sent.Enqueue(sent);
            if (_sent.Count > MaxSent)
                _sent.Dequeue();
            return _connections[(int)(_turn++ % (uint)_connections.Count)];
        }
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

        // Slack's SDKs close a connection on which they receive no pings.
        using var socket = await context.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext
            {
                KeepAliveInterval = TimeSpan.FromSeconds(5),
                KeepAliveTimeout = TimeSpan.FromSeconds(30),
            }
        );
        using var connection = new SocketConnection(socket, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
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

    private JsonObject Hello(int count) =>
        new()
        {
            ["type"] = "hello",
            ["num_connections"] = count,
            ["debug_info"] = new JsonObject
            {
                ["host"] = "applink-simulated",
                ["build_number"] = 1,
                ["approximate_connection_time"] = 18060,
            },
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
