using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace CoffeeBuddy.Slack.SocketMode;

/// <summary>
/// One WebSocket of Socket Mode (https://docs.slack.dev/apis/events-api/using-socket-mode). One caller receives at a time;
/// any number may acknowledge.
/// </summary>
public sealed class SocketConnection : IDisposable
{
    /// <summary>Slack's largest payload is a view of 250 KB.</summary>
    internal const int MaxBytes = 1024 * 1024;

    /// <summary>A ping is sent so often, and its pong awaited for as long: a dead connection is noticed within both.</summary>
    private static readonly TimeSpan PingInterval = TimeSpan.FromSeconds(10);

    private readonly WebSocket _socket;

    /// <summary>Not disposed: whoever waits for a semaphore that is disposed waits for ever.</summary>
    private readonly SemaphoreSlim _sending = new(1, 1);

    internal SocketConnection(WebSocket socket) => _socket = socket;

    internal static async Task<SocketConnection> OpenAsync(
        Uri address,
        HttpMessageInvoker http,
        CancellationToken cancellationToken
    )
    {
        var socket = new ClientWebSocket();
        socket.Options.KeepAliveInterval = PingInterval;
        socket.Options.KeepAliveTimeout = PingInterval;
        try
        {
            await socket.ConnectAsync(address, http, cancellationToken);
            return new(socket);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>The next message. One that is too large or cannot be read has an empty type.</summary>
    /// <returns>Null: Slack has closed the connection, on which messages may still be acknowledged.</returns>
    /// <exception cref="WebSocketException">The connection is lost.</exception>
    public async Task<SocketMessage?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var text = new ArrayBufferWriter<byte>(4096);
        var isTooLarge = false;
        while (true)
        {
            var part = await _socket.ReceiveAsync(text.GetMemory(4096), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return null;
            isTooLarge |= text.WrittenCount + part.Count > MaxBytes;
            if (!isTooLarge)
                text.Advance(part.Count);
            if (part.EndOfMessage)
                return isTooLarge ? SocketMessage.Unreadable : SocketMessage.Parse(text.WrittenMemory);
        }
    }

    /// <param name="payload">The answer as JSON; empty for none.</param>
    /// <exception cref="WebSocketException">The connection is lost, or was closed from here.</exception>
    /// <exception cref="ObjectDisposedException">The connection was disposed of.</exception>
    public async Task AcknowledgeAsync(
        string envelopeId,
        ReadOnlyMemory<byte> payload,
        CancellationToken cancellationToken
    )
    {
        var message = new ArrayBufferWriter<byte>(256 + payload.Length);
        using (var json = new Utf8JsonWriter(message))
        {
            json.WriteStartObject();
            json.WriteString("envelope_id", envelopeId);
            if (!payload.IsEmpty)
            {
                json.WritePropertyName("payload");
                json.WriteRawValue(payload.Span);
            }
            json.WriteEndObject();
        }

        await _sending.WaitAsync(cancellationToken);
        try
        {
            await _socket.SendAsync(
                message.WrittenMemory,
                WebSocketMessageType.Text,
                endOfMessage: true,
                cancellationToken
            );
        }
        finally
        {
            _sending.Release();
        }
    }

    /// <summary>
    /// Tells Slack to send no more, and answers its close. After it nothing can be acknowledged. What Slack has sent before
    /// it knows can still be received.
    /// </summary>
    public async Task CloseAsync(CancellationToken cancellationToken)
    {
        if (_socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
            await _socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
    }

    /// <summary>Acknowledgements that are under way fail.</summary>
    public void Dispose() => _socket.Dispose();
}
