using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Timers;

/// <summary>
/// Calls one function when its schedule is due, one call at a time. Occurrences that come due while it runs are one late call right after,
/// told to be past due.
/// </summary>
internal sealed partial class TimerListener(
    FunctionDescriptor function,
    TimerBinding binding,
    FunctionExecutor executor,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<TimerListener> logger
) : ITriggerListener
{
    /// <summary>Timers cannot wait for longer than some weeks at once.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);

    /// <summary>How long a call that was told to end may still take.</summary>
    private static readonly TimeSpan _lastGrace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interrupt = new();
    private Task _running = Task.CompletedTask;

    public string FunctionName => function.Name;

    public bool IsReady => true;

    public bool IsAlive => !_running.IsCompleted || _stop.IsCancellationRequested;

    public void Start() => _running = Task.Run(RunAsync);

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_running.IsCompleted)
            return;

        await _interrupt.CancelAsync();
        await _running
            .WaitAsync(_lastGrace, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_running.IsCompleted)
            Log.GivenUp(logger, function.Name, _lastGrace);
    }

    /// <summary>Of a call that was given up on, what it uses stays until it ends.</summary>
    public void Dispose() =>
        _ = _running.ContinueWith(
            _ =>
            {
                _stop.Dispose();
                _interrupt.Dispose();
            },
            TaskScheduler.Default
        );

    private async Task RunAsync()
    {
        try
        {
            var last = time.GetUtcNow();
            if (binding.RunOnStartup)
            {
                await FireAsync(last, last, isPastDue: false);
                last = LatestDue(last);
            }

            while (binding.Schedule.After(last) is { } due)
            {
                var isPastDue = due < time.GetUtcNow();
                await WaitUntilAsync(due);
                await FireAsync(due, last, isPastDue);
                last = LatestDue(due);
            }

            Log.NeverAgain(logger, function.Name);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host drains; what ran has ended.
        }
        catch (Exception exception)
        {
            // Not the function's own failure, which is reported and forgotten: this one ends the loop, and with it the worker's liveness.
            Log.BrokeDown(logger, function.Name, exception);
        }
    }

    /// <summary>The occurrence the schedule goes on from: of several missed ones only the last is made up for.</summary>
    private DateTimeOffset LatestDue(DateTimeOffset fired)
    {
        var now = time.GetUtcNow();
        var last = fired;
        while (
            binding.Schedule.After(last) is { } next
            && binding.Schedule.After(next) is { } afterNext
            && afterNext <= now
        )
            last = next;
        return last;
    }

    private async Task WaitUntilAsync(DateTimeOffset due)
    {
        _stop.Token.ThrowIfCancellationRequested();
        for (var wait = due - time.GetUtcNow(); wait > TimeSpan.Zero; wait = due - time.GetUtcNow())
        {
            // A timer may be early by less than the millisecond it counts in.
            wait = TimeSpan.FromMilliseconds(
                Math.Ceiling(Math.Min(wait.TotalMilliseconds, _longestWait.TotalMilliseconds))
            );
            await Task.Delay(wait, time, _stop.Token);
        }
    }

    private async Task FireAsync(DateTimeOffset due, DateTimeOffset last, bool isPastDue)
    {
        var info = new TimerInfo
        {
            IsPastDue = isPastDue,
            ScheduleStatus = new ScheduleStatus
            {
                Last = last.UtcDateTime,
                Next = (binding.Schedule.After(due) ?? DateTimeOffset.MaxValue).UtcDateTime,
                LastUpdated = time.GetUtcNow().UtcDateTime,
            },
        };
        for (var retry = 0; ; retry++)
        {
            var context = new InvocationContext(function, info, W3CTrace.None)
            {
                Retry = function.Retry is null ? null : new RetryState(retry, function.Retry.MaxRetryCount),
            };
            var result = await executor.ExecuteAsync(context, _interrupt.Token);
            if (result.Succeeded || function.Retry?.Allows(retry) != true)
                return;

            metrics.Retried(function.Name);
            var delay = function.Retry.DelayBefore(retry);
            if (result.Error is RetryAfterException { Delay: var asked } && asked > delay)
                delay = asked < RetryAfterException.LongestDelay ? asked : RetryAfterException.LongestDelay;
            await Task.Delay(delay, time, _stop.Token);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} does not end although it was told to, {Grace} ago; the host ends without it"
        )]
        public static partial void GivenUp(ILogger logger, string function, TimeSpan grace);

        [LoggerMessage(
            Level = LogLevel.Critical,
            Message = "The timer of {Function} broke down and calls it no more; the worker has to start anew"
        )]
        public static partial void BrokeDown(ILogger logger, string function, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} has a schedule with no further occurrence")]
        public static partial void NeverAgain(ILogger logger, string function);
    }
}
