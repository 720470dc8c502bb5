using System.Collections.Concurrent;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.SocketMode;

/// <summary>
/// Keeps the connections of Socket Mode, in a worker that serves the functions behind Slack's addresses. A connection that
/// Slack is about to close is replaced before it is closed. Several connections, so that one remains when another is lost.
/// </summary>
public sealed partial class SocketModeService(
    SlackClient slack,
    EnvelopeHandler handler,
    IOptionsMonitor<SlackOptions> options,
    WorkerMetrics metrics,
    TimeProvider time,
    ILogger<SocketModeService> logger
) : IHostedLifecycleService, IHealthCheck, IAsyncDisposable
{
    /// <summary>Slack allows 10 connections of an app: five workers, one of them added by a rollout.</summary>
    private const int Connections = 2;

    /// <summary>Envelopes in work. Beyond it Slack's messages wait in the connection.</summary>
    private const int MostInWork = 100;

    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private const int MostDoublings = 10;

    /// <summary>After which the worker becomes ready without Slack.</summary>
    private static readonly TimeSpan StartTimeout = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stopping = new();

    /// <summary>
    /// Not disposed: an envelope can be handled longer than its session lasts, and releases its place after that.
    /// </summary>
    private readonly SemaphoreSlim _places = new(MostInWork, MostInWork);
    private readonly ConcurrentDictionary<SocketSession, Task> _sessions = new();
    private readonly TaskCompletionSource _first = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task[] _loops = [];
    private int _connected;

    /// <summary>
    /// Connects when everything else has started, and returns when Slack has said hello, so that a rollout stops no old
    /// worker before the new one is connected. Without Slack the start goes on after a while.
    /// </summary>
    /// <exception cref="OptionsValidationException">Slack refuses the token, or this worker cannot use Socket
    /// Mode.</exception>
    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!IsOn())
            return;
        _loops = [.. Enumerable.Range(0, Connections).Select(_ => KeepConnectedAsync())];
        try
        {
            await _first.Task.WaitAsync(StartTimeout, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            Log.StartsWithout(logger);
        }
    }

    /// <summary>No more connections are opened; those that are open finish what they have.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_loops);
        await Task.WhenAll(_sessions.Keys.Select(session => session.DrainAsync())).WaitAsync(cancellationToken);
        await Task.WhenAll(_sessions.Values).WaitAsync(cancellationToken);
    }

    /// <summary>A worker without connections stays ready: it serves the API, and Slack may be away.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    ) =>
        Task.FromResult(
            _loops.Length == 0 || Volatile.Read(ref _connected) > 0 || _stopping.IsCancellationRequested
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Degraded("no Socket Mode connection to Slack")
        );

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A host that was not stopped, such as one that failed to start, drops its connections.</summary>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
            await _stopping.CancelAsync();
        foreach (var session in _sessions.Keys)
            session.Abort();
        await Task.WhenAll(_loops);
        await Task.WhenAll(_sessions.Values);
        _stopping.Dispose();
    }

    private bool IsOn()
    {
        if (!options.CurrentValue.UsesSocketMode)
            return false;
        if (handler.Served.Count > 0 && !handler.ServesAll)
            throw Fault(
                $"Slack:AppToken is set, but of the functions that Socket Mode needs this worker serves {string.Join(", ", handler.Served)} only. Slack sends any envelope to any worker."
            );
        return handler.ServesAll;
    }

    private static OptionsValidationException Fault(string text) => new("", typeof(SlackOptions), [text]);

    private async Task KeepConnectedAsync()
    {
        for (var failures = 0; !_stopping.IsCancellationRequested; )
        {
            var started = time.GetTimestamp();
            var (saidHello, reason, retryAfter) = await ConnectAsync();
            failures = saidHello ? 0 : failures + 1;
            // One that Slack has announced to close still works while this opens the next.
            var wait = reason switch
            {
                SocketSession.TooMany or SocketSession.Disabled => Jitter(LongestWait),
                "warning" or "refresh_requested" => TimeSpan.Zero,
                _ => BackOff(failures),
            };
            // However soon Slack ends its connections, they are not opened more often than this.
            await WaitAsync(Longest(wait, FirstWait - time.GetElapsedTime(started), retryAfter ?? TimeSpan.Zero));
        }
    }

    /// <summary>Opens a connection, and returns when another must take its place.</summary>
    private async Task<(bool SaidHello, string Reason, TimeSpan? RetryAfter)> ConnectAsync()
    {
        SocketSession session;
        try
        {
            var connection = await slack.OpenSocketAsync(_stopping.Token);
            session = new(connection, handler, _places, metrics, time, logger);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            return (false, SocketSession.Stopped, null);
        }
        catch (SlackApiException exception)
        {
            metrics.SocketEnded(SocketSession.NotOpened);
            if (exception.Kind == SlackErrorKind.Authentication)
                _first.TrySetException(
                    Fault(
                        $"Slack refuses Slack:AppToken, {exception.Error}: it must be an app-level token with the scope connections:write. {string.Join(' ', exception.Details)}".TrimEnd()
                    )
                );
            Log.NotOpened(logger, exception.Message);
            return (false, SocketSession.NotOpened, exception.RetryAfter);
        }
        catch (Exception exception)
        {
            // A fault of ours must not end the attempts.
            metrics.SocketEnded(SocketSession.NotOpened);
            Log.Failed(logger, exception);
            return (false, SocketSession.NotOpened, null);
        }

        var (saidHello, reason) = await UseAsync(session);
        return (saidHello, reason, null);
    }

    private async Task<(bool SaidHello, string Reason)> UseAsync(SocketSession session)
    {
        var run = Task.Run(session.RunAsync);
        _sessions[session] = run;
        _ = run.ContinueWith(_ => _sessions.TryRemove(session, out var _), TaskScheduler.Default);
        try
        {
            if (await session.Hello.WaitAsync(HelloTimeout, time, _stopping.Token) is { } refusal)
            {
                Log.NoHello(logger, refusal);
                return (false, refusal);
            }
        }
        catch (TimeoutException)
        {
            Log.NoHello(logger, "timeout");
            session.Abort();
            return (false, SocketSession.NotOpened);
        }
        catch (OperationCanceledException)
        {
            return (false, SocketSession.Stopped);
        }

        Interlocked.Increment(ref _connected);
        _first.TrySetResult();
        Log.Connected(logger);
        try
        {
            return (true, await session.Ending.WaitAsync(_stopping.Token));
        }
        catch (OperationCanceledException)
        {
            return (true, SocketSession.Stopped);
        }
        finally
        {
            Interlocked.Decrement(ref _connected);
        }
    }

    /// <summary>Twice as long after each failure; soon after a connection that was lost.</summary>
    private static TimeSpan BackOff(int failures) =>
        Jitter(
            failures == 0
                ? FirstWait / 2
                : TimeSpan.FromTicks(
                    Math.Min(LongestWait.Ticks, FirstWait.Ticks << Math.Min(failures - 1, MostDoublings))
                )
        );

    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.5 + (Random.Shared.NextDouble() / 2));

    private static TimeSpan Longest(params ReadOnlySpan<TimeSpan> waits)
    {
        var longest = TimeSpan.Zero;
        foreach (var wait in waits)
            longest = wait > longest ? wait : longest;
        return longest;
    }

    private async Task WaitAsync(TimeSpan wait) =>
        await Task.Delay(wait, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Information, "A Socket Mode connection to Slack is open")]
        public static partial void Connected(ILogger logger);

        [LoggerMessage(LogLevel.Error, "A Socket Mode connection did not open: {Reason}")]
        public static partial void NotOpened(ILogger logger, string reason);

        [LoggerMessage(LogLevel.Error, "A Socket Mode connection did not open")]
        public static partial void Failed(ILogger logger, Exception exception);

        [LoggerMessage(LogLevel.Error, "Slack did not say hello on a Socket Mode connection: {Reason}")]
        public static partial void NoHello(ILogger logger, string reason);

        [LoggerMessage(
            LogLevel.Error,
            "The worker starts without a Socket Mode connection to Slack, and goes on trying"
        )]
        public static partial void StartsWithout(ILogger logger);
    }
}
