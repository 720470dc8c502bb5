using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Invocation;

/// <summary>
/// Finds calls that still run 30 s after their timeout cancelled them. Code that ignores its token cannot be stopped
/// from outside, so liveness fails until the call returns or the process is restarted.
/// </summary>
internal sealed partial class StuckInvocationMonitor(TimeProvider time, ILogger<StuckInvocationMonitor> logger)
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Call, string> _stuck = [];

    /// <summary>The functions that have stuck calls.</summary>
    public IEnumerable<string> Functions => _stuck.Values.Distinct(StringComparer.Ordinal);

    /// <param name="call">Its text identifies the call in the log.</param>
    /// <returns>Dispose it when the call has returned.</returns>
    public IDisposable Watch(string function, object call, CancellationToken timeout) =>
        new Call(this, function, call, timeout);

    private void Report(string function, object call)
    {
        var text = $"{call}";
        Log.Stuck(logger, function, _grace, text);
    }

    private ITimer AfterGrace(Action action) => time.CreateTimer(_ => action(), null, _grace, Timeout.InfiniteTimeSpan);

    private sealed class Call : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly StuckInvocationMonitor _owner;
        private readonly CancellationTokenRegistration _onTimeout;
        private ITimer? _timer;
        private bool _hasEnded;

        public Call(StuckInvocationMonitor owner, string function, object call, CancellationToken timeout)
        {
            _owner = owner;
            _onTimeout = timeout.Register(() => _timer = owner.AfterGrace(() => MarkStuck(function, call)));
        }

        public void Dispose()
        {
            // Waits for a running callback, so that it creates no timer after this line.
            _onTimeout.Dispose();
            _timer?.Dispose();
            lock (_gate)
                _hasEnded = true;
            _owner._stuck.TryRemove(this, out _);
        }

        private void MarkStuck(string function, object call)
        {
            lock (_gate)
            {
                if (_hasEnded)
                    return;
                _owner._stuck[this] = function;
            }

            _owner.Report(function, call);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} ignores its cancellation: it still runs {Grace} after functionTimeout. Liveness fails until it returns ({Call})"
        )]
        public static partial void Stuck(ILogger logger, string function, TimeSpan grace, string call);
    }
}
