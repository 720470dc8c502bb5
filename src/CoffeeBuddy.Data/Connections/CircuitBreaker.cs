namespace CoffeeBuddy.Data.Connections;

public enum BreakerState
{
    Closed,
    Open,

    /// <summary>One call may try whether the database is back.</summary>
    HalfOpen,
}

/// <summary>
/// Opens after so many failures in a row and lets one call try again after a while (AC8). Counting in a row is the point:
/// a breaker that works by failure ratio lets an outage wait until the successes before it have left its window. And an
/// abandoned call says nothing about the database, so it neither counts nor decides a trial.
/// </summary>
internal sealed class CircuitBreaker(int failuresToOpen, TimeSpan openFor, TimeProvider time)
{
    private static readonly TimeSpan WhileTrying = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private int _failures;
    private bool _open;
    private bool _trying;
    private long _openedAt;

    // Grows with every opening and closing: the outcome of a call that began before is no news.
    private int _generation;

    internal readonly record struct Permit(int Generation, bool Trial);

    public BreakerState State
    {
        get
        {
            lock (_lock)
                return !_open ? BreakerState.Closed
                    : Remaining > TimeSpan.Zero ? BreakerState.Open
                    : BreakerState.HalfOpen;
        }
    }

    /// <summary>When a call makes sense again.</summary>
    public TimeSpan RetryAfter
    {
        get
        {
            lock (_lock)
                return _open && Remaining > WhileTrying ? Remaining : WhileTrying;
        }
    }

    private TimeSpan Remaining => openFor - time.GetElapsedTime(_openedAt);

    /// <summary>Whether a call may be made; whoever gets a permit reports its outcome exactly once.</summary>
    public bool TryEnter(out Permit permit)
    {
        lock (_lock)
        {
            permit = new(_generation, Trial: _open);
            if (!_open)
                return true;
            if (_trying || Remaining > TimeSpan.Zero)
                return false;
            return _trying = true;
        }
    }

    public void Succeeded(Permit permit)
    {
        lock (_lock)
        {
            if (permit.Generation != _generation)
                return;
            _failures = 0;
            if (permit.Trial)
                Turn(open: false);
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
            Turn(open: true);
            return true;
        }
    }

    /// <summary>The caller left before there was an outcome.</summary>
    public void Abandoned(Permit permit)
    {
        lock (_lock)
        {
            if (permit.Generation == _generation && permit.Trial)
                _trying = false;
        }
    }

    private void Turn(bool open)
    {
        _open = open;
        _openedAt = time.GetTimestamp();
        _trying = false;
        _failures = 0;
        _generation++;
    }
}
