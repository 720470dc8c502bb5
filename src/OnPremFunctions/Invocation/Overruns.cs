using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Invocation;

/// <summary>
/// The calls that still run a while after they were told that their time is over. Nothing in a process can end code that ignores its token,
/// so liveness fails until the call has ended or the worker was restarted.
/// </summary>
internal sealed partial class Overruns(TimeProvider time, ILogger<Overruns> logger)
{
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Call, string> _overdue = [];

    /// <summary>The functions that have such calls.</summary>
    public IEnumerable<string> Functions => _overdue.Values.Distinct(StringComparer.Ordinal);

    /// <param name="call">What its text tells the call from others by.</param>
    /// <returns>To be disposed of when the call has ended.</returns>
    public IDisposable Watch(string function, object call, CancellationToken timeout) =>
        new Call(this, function, call, timeout);

    private void Tell(string function, object call)
    {
        var which = $"{call}";
        Log.Overdue(logger, function, _grace, which);
    }

    private ITimer AfterGrace(Action action) => time.CreateTimer(_ => action(), null, _grace, Timeout.InfiniteTimeSpan);

    private sealed class Call : IDisposable
    {
        private readonly Lock _gate = new();
        private readonly Overruns _owner;
        private readonly CancellationTokenRegistration _onTimeout;
        private ITimer? _timer;
        private bool _hasEnded;

        public Call(Overruns owner, string function, object call, CancellationToken timeout)
        {
            _owner = owner;
            _onTimeout = timeout.Register(() => _timer = owner.AfterGrace(() => Overdue(function, call)));
        }

        public void Dispose()
        {
            // Returns when the callback is through, so that no timer appears afterwards.
            _onTimeout.Dispose();
            _timer?.Dispose();
            lock (_gate)
                _hasEnded = true;
            _owner._overdue.TryRemove(this, out _);
        }

        private void Overdue(string function, object call)
        {
            lock (_gate)
            {
                if (_hasEnded)
                    return;
                _owner._overdue[this] = function;
            }

            _owner.Tell(function, call);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} ignores its cancellation: it still runs {Grace} after functionTimeout; liveness fails until it ends ({Call})"
        )]
        public static partial void Overdue(ILogger logger, string function, TimeSpan grace, string call);
    }
}
