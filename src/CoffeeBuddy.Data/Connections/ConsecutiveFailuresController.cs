namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Decides which calls a breaker lets through. Has no timer: the state follows from the time of the last change.
/// </summary>
internal sealed class ConsecutiveFailuresController(int failuresToOpen, TimeSpan breakDuration, TimeProvider time)
{
    /// <summary>What a refused caller waits at least, also while a trial is under way.</summary>
    public static readonly TimeSpan MinimumRetryAfter = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _failures;
    private bool _open;
    private bool _trying;
    private long _openedAt;

    // Grows each time the breaker opens or closes. The outcome of a call that began in an earlier generation is
    // ignored.
    private int _generation;

    /// <summary>Allows one call. Its outcome is reported once.</summary>
    internal readonly record struct Permit(int Generation, bool Trial);

    public BreakerState State
    {
        get
        {
            lock (_lock)
                return !_open ? BreakerState.Closed
                    : Remaining_NeedsLock() > TimeSpan.Zero ? BreakerState.Open
                    : BreakerState.HalfOpen;
        }
    }

    /// <summary>When a call makes sense again; at least <see cref="MinimumRetryAfter"/>.</summary>
    public TimeSpan RetryAfter
    {
        get
        {
            lock (_lock)
                return _open && Remaining_NeedsLock() > MinimumRetryAfter ? Remaining_NeedsLock() : MinimumRetryAfter;
        }
    }

    /// <returns>Whether the call may be made.</returns>
    public bool TryEnter(out Permit permit)
    {
        lock (_lock)
        {
            permit = new(_generation, Trial: _open);
            if (!_open)
                return true;
            if (_trying || Remaining_NeedsLock() > TimeSpan.Zero)
                return false;
            _trying = true;
            return true;
        }
    }

    /// <returns>True when this success closed the breaker.</returns>
    public bool Succeeded(Permit permit)
    {
        lock (_lock)
        {
            if (permit.Generation != _generation)
                return false;
            _failures = 0;
            if (permit.Trial)
                Change_NeedsLock(open: false);
            return permit.Trial;
        }
    }

    /// <returns>True when this failure opened the breaker.</returns>
    public bool Failed(Permit permit)
    {
        lock (_lock)
        {
            if (permit.Generation != _generation)
                return false;
            if (!permit.Trial && ++_failures < failuresToOpen)
                return false;
            Change_NeedsLock(open: true);
            return true;
        }
    }

    /// <summary>The call ended without an outcome: the next call may be the trial.</summary>
    public void Abandoned(Permit permit)
    {
        lock (_lock)
        {
            if (permit.Generation == _generation && permit.Trial)
                _trying = false;
        }
    }

    private TimeSpan Remaining_NeedsLock() => breakDuration - time.GetElapsedTime(_openedAt);

    private void Change_NeedsLock(bool open)
    {
        _open = open;
        _openedAt = time.GetTimestamp();
        _trying = false;
        _failures = 0;
        _generation++;
    }
}
