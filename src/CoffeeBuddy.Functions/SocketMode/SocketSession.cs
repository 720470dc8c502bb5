using System.Collections.Concurrent;
using System.Net.WebSockets;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Slack.SocketMode;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.SocketMode;

/// <summary>
/// One connection from Slack's <c>hello</c> to its end. Envelopes are handled side by side. What was received is handled
/// to its end, also when it can no longer be acknowledged.
/// </summary>
/// <param name="places">Bounds the envelopes in work over all connections. While there is none, nothing is read.</param>
internal sealed partial class SocketSession(
    SocketConnection connection,
    EnvelopeHandler handler,
    SemaphoreSlim places,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger logger
) : IDisposable
{
    public const string Lost = "lost";
    public const string Closed = "closed";
    public const string Stopped = "stopped";
    public const string NotOpened = "refused";
    public const string TooMany = "too_many_websockets";
    public const string Disabled = "link_disabled";

    /// <summary>The known reasons for the end of a connection; Slack may have others.</summary>
    public static readonly string[] Reasons =
    [
        "warning",
        "refresh_requested",
        Disabled,
        TooMany,
        Lost,
        Closed,
        Stopped,
        NotOpened,
        "other",
    ];

    /// <summary>Slack closes a connection soon after it has announced that; a connection that it does not is ended.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(30);

    /// <summary>Slack closes its side, but not the TCP connection.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan DrainTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _end = new();
    private readonly ConcurrentDictionary<Task, byte> _inWork = new();
    private readonly TaskCompletionSource<string?> _hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> _ending = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Null when Slack has said hello; otherwise why it has not.</summary>
    public Task<string?> Hello => _hello.Task;

    /// <summary>Completes with one of <see cref="Reasons"/> when another connection must take its place.</summary>
    public Task<string> Ending => _ending.Task;

    /// <summary>Completes when everything received is handled and the connection is closed. Does not fail.</summary>
    public async Task RunAsync()
    {
        var reason = Lost;
        try
        {
            reason = await ReceiveAsync();
        }
        catch (Exception exception)
            when (exception
                    is WebSocketException
                        or OperationCanceledException
                        or IOException
                        or ObjectDisposedException
            )
        {
            if (!Ending.IsCompleted)
                Log.ConnectionLost(logger, exception.Message);
        }

        if (Hello is { IsCompletedSuccessfully: true, Result: null })
            metrics.SocketDisconnected();
        _hello.TrySetResult(reason);
        _ending.TrySetResult(reason);
        metrics.SocketEnded(Ending.Result);
        await AllHandledAsync(DrainTimeout);
        await CloseAsync();
        Dispose();
    }

    /// <summary>
    /// Ends the connection without losing what Slack has sent: finishes what is in work, tells Slack to send no more,
    /// and handles what came meanwhile.
    /// </summary>
    public async Task DrainAsync()
    {
        await AllHandledAsync(DrainTimeout);
        _ending.TrySetResult(Stopped);
        try
        {
            await CloseAsync();
            _end.CancelAfter(CloseTimeout);
        }
        catch (ObjectDisposedException)
        {
            // Slack has closed the connection meanwhile.
        }
    }

    public void Abort()
    {
        try
        {
            _end.Cancel();
        }
        catch (ObjectDisposedException)
        {
            // It has ended.
        }
    }

    /// <summary>The end of <see cref="RunAsync"/> does it.</summary>
    public void Dispose()
    {
        connection.Dispose();
        _end.Dispose();
    }

    /// <returns>Why the connection ends.</returns>
    private async Task<string> ReceiveAsync()
    {
        while (await connection.ReceiveAsync(_end.Token) is { } message)
        {
            switch (message)
            {
                case { Type: SocketMessage.Hello }:
                    if (_hello.TrySetResult(null))
                        metrics.SocketConnected();
                    break;
                case { Type: SocketMessage.Disconnect }:
                    var reason = Reasons.Contains(message.Reason) ? message.Reason! : "other";
                    Log.Announced(logger, message.Reason);
                    _hello.TrySetResult(reason);
                    _ending.TrySetResult(reason);
                    _end.CancelAfter(Notice);
                    break;
                case { EnvelopeId: { } id }:
                    await places.WaitAsync(_end.Token);
                    Start(message, id);
                    break;
                default:
                    Log.Unreadable(logger, message.Type);
                    break;
            }
        }

        return Closed;
    }

    private void Start(SocketMessage envelope, string id)
    {
        var work = HandleAsync(envelope, id);
        _inWork[work] = 0;
        _ = work.ContinueWith(
            done => _inWork.TryRemove(done, out _),
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default
        );
    }

    private async Task HandleAsync(SocketMessage envelope, string id)
    {
        // The next message is received meanwhile.
        await Task.Yield();
        try
        {
            if (await handler.HandleAsync(envelope) is { } answer)
                await connection.AcknowledgeAsync(id, answer.Payload, CancellationToken.None);
        }
        catch (Exception exception)
            when (exception
                    is WebSocketException
                        or OperationCanceledException
                        or IOException
                        or ObjectDisposedException
            )
        {
            metrics.EnvelopeHandled(EnvelopeHandler.TypeOf(envelope), EnvelopeHandler.Unanswered);
            Log.NotAcknowledged(logger, envelope.Type, exception.Message);
        }
        catch (Exception exception)
        {
            Log.Failed(logger, envelope.Type, exception);
        }
        finally
        {
            places.Release();
        }
    }

    private async Task AllHandledAsync(TimeSpan within)
    {
        var started = time.GetTimestamp();
        while (!_inWork.IsEmpty && within - time.GetElapsedTime(started) is { Ticks: > 0 } left)
        {
            try
            {
                await Task.WhenAll(_inWork.Keys).WaitAsync(left, time);
            }
            catch (TimeoutException)
            {
                return;
            }
        }
    }

    private async Task CloseAsync()
    {
        try
        {
            using var timeout = new CancellationTokenSource(CloseTimeout, time);
            await connection.CloseAsync(timeout.Token);
        }
        catch (Exception exception)
            when (exception
                    is WebSocketException
                        or OperationCanceledException
                        or IOException
                        or ObjectDisposedException
            )
        {
            // It is closed already.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "Slack is about to close a Socket Mode connection: {Reason}")]
        public static partial void Announced(ILogger logger, string? reason);

        [LoggerMessage(LogLevel.Warning, "A Socket Mode connection was lost: {Reason}")]
        public static partial void ConnectionLost(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Warning, "Slack sent a message of the type \"{Type}\" that cannot be read")]
        public static partial void Unreadable(ILogger logger, string type);

        [LoggerMessage(LogLevel.Warning, "An envelope of the type {Type} was handled, but not acknowledged: {Reason}")]
        public static partial void NotAcknowledged(ILogger logger, string type, string reason);

        [LoggerMessage(LogLevel.Error, "An envelope of the type {Type} was not handled")]
        public static partial void Failed(ILogger logger, string type, Exception exception);
    }
}
