using System.Collections.Concurrent;
using System.Net.WebSockets;
using System.Text;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>One Socket Mode connection of the app.</summary>
internal sealed class SocketConnection(WebSocket socket, WorkspaceClock clock) : IDisposable
{
    private readonly CancellationTokenSource _cut = new();

    /// <summary>Not disposed: whoever waits for a semaphore that is disposed waits for ever.</summary>
    private readonly SemaphoreSlim _writing = new(1, 1);
    private volatile bool _hasEnded;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonNode?>> _waiting = new(
        StringComparer.Ordinal
    );

    public static JsonObject Envelope(AppRequest request)
    {
        var envelope = new JsonObject
        {
            ["envelope_id"] = Guid.NewGuid().ToString(),
            ["payload"] = request.Payload.Clone(),
            ["type"] = request.EnvelopeType,
            ["accepts_response_payload"] = request.AcceptsResponse,
        };
        if (request.EnvelopeType is "events_api")
        {
            envelope["retry_attempt"] = request.RetryNum;
            envelope["retry_reason"] = request.RetryReason ?? "";
        }

        return envelope;
    }

    public async Task<AppAnswer> SendAsync(JsonObject envelope, CancellationToken cancellationToken)
    {
        var id = envelope["envelope_id"].Text()!;
        var acknowledged = _waiting[id] = new TaskCompletionSource<JsonNode?>(
            TaskCreationOptions.RunContinuationsAsynchronously
        );
        // The connection may have ended before the envelope was among those that its end cancels.
        if (_hasEnded)
            acknowledged.TrySetCanceled(CancellationToken.None);
        var started = clock.Provider.GetTimestamp();
        try
        {
            await WriteAsync(envelope, cancellationToken);
            var payload = await acknowledged.Task.WaitAsync(
                HttpTransport.AnswerTimeout,
                clock.Provider,
                cancellationToken
            );
            return new AppAnswer(
                200,
                payload?.ToWire() ?? "",
                payload is null ? null : "application/json",
                Elapsed(),
                null
            );
        }
        catch (TimeoutException)
        {
            return new AppAnswer(null, "", null, Elapsed(), "operation_timeout");
        }
        catch (Exception error)
            when (error is WebSocketException or ObjectDisposedException
                || (error is OperationCanceledException && !cancellationToken.IsCancellationRequested)
            )
        {
            return new AppAnswer(null, "", null, Elapsed(), "connection_failed");
        }
        finally
        {
            _waiting.TryRemove(id, out _);
        }

        double Elapsed() => clock.Provider.GetElapsedTime(started).TotalMilliseconds;
    }

    /// <summary>Ends the connection without closing it.</summary>
    public void Cut()
    {
        try
        {
            _cut.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    public async Task WriteAsync(JsonObject message, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(
                Encoding.UTF8.GetBytes(message.ToWire()),
                WebSocketMessageType.Text,
                endOfMessage: true,
                cancellationToken
            );
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Receives acknowledgements until the app closes the connection. Then no envelope waits for one.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _cut.Token);
        try
        {
            await ReceiveAsync(either.Token);
            if (socket.State is WebSocketState.CloseReceived)
                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, either.Token);
        }
        finally
        {
            _hasEnded = true;
            foreach (var waiting in _waiting.Values)
                waiting.TrySetCanceled(CancellationToken.None);
        }
    }

    public async Task DisconnectAsync(string reason, CancellationToken cancellationToken)
    {
        await WriteAsync(
            new JsonObject
            {
                ["type"] = "disconnect",
                ["reason"] = reason,
                ["debug_info"] = new JsonObject { ["host"] = "applink-simulated" },
            },
            cancellationToken
        );
        if (reason is not "warning")
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, reason, cancellationToken);
    }

    public void Dispose() => _cut.Dispose();

    private async Task ReceiveAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        while (socket.State is WebSocketState.Open or WebSocketState.CloseSent)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(), cancellationToken);
            if (part.MessageType == WebSocketMessageType.Close)
                return;
            message.Write(buffer, 0, part.Count);
            if (!part.EndOfMessage)
                continue;
            Acknowledge(Encoding.UTF8.GetString(message.GetBuffer(), 0, (int)message.Length));
            message.SetLength(0);
        }
    }

    private void Acknowledge(string text)
    {
        if (
            !JsonExtensions.TryParse(text, out var node)
            || node is not JsonObject answer
            || answer["envelope_id"].Text() is not { } id
        )
            return;
        if (_waiting.TryGetValue(id, out var waiting))
            waiting.TrySetResult(answer["payload"]?.DeepClone());
    }
}
