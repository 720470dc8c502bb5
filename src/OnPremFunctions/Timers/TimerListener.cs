using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Timers;

/// <summary>
/// Calls one function by its schedule, one call at a time. Occurrences that become due during a call lead to one call
/// right after it, with <see cref="TimerInfo.IsPastDue"/>.
/// </summary>
internal sealed partial class TimerListener(
    FunctionDescriptor function,
    TimerBinding binding,
    InvocationRunner runner,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<TimerListener> logger
) : ITriggerListener
{
    /// <summary>.NET timers cannot wait longer than 49 days, so waits are split.</summary>
    private static readonly TimeSpan _longestWait = TimeSpan.FromDays(1);

    /// <summary>Time that a cancelled call gets to return.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _interrupt = new();
    private Task _running = Task.CompletedTask;

    public string FunctionName => function.Name;

    public string? NotReadyBecause => null;

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
            .WaitAsync(_grace, time, CancellationToken.None)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!_running.IsCompleted)
            Log.NotEnded(logger, function.Name, _grace);
    }

    /// <summary>If a call still runs, what it uses is disposed when it returns.</summary>
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

            Log.NoOccurrence(logger, function.Name);
            await Task.Delay(Timeout.InfiniteTimeSpan, time, _stop.Token);
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The host drains, and the last call has returned.
        }
        catch (Exception exception)
        {
            // Not a failure of the function, which only its log shows. This one ends the loop, so liveness fails.
            Log.LoopFailed(logger, function.Name, exception);
        }
    }

    /// <summary>The occurrence to continue from: only the last of several missed occurrences is called late.</summary>
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
            // Round up: a timer may fire up to 1 ms early.
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
            var result = await runner.RunAsync(context, _interrupt.Token);
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
            Message = "{Function} still runs {Grace} after its cancellation; the host stops without waiting for it"
        )]
        public static partial void NotEnded(ILogger logger, string function, TimeSpan grace);

        [LoggerMessage(
            Level = LogLevel.Critical,
            Message = "The timer of {Function} failed and will not call it again. Restart the process"
        )]
        public static partial void LoopFailed(ILogger logger, string function, Exception exception);

        [LoggerMessage(Level = LogLevel.Warning, Message = "The schedule of {Function} has no further occurrence")]
        public static partial void NoOccurrence(ILogger logger, string function);
    }
}
