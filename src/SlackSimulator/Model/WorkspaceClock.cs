namespace SlackSimulator.Model;

/// <summary>
/// The workspace's time: the time of <see cref="SimulatorOptions.TimeProvider"/> plus an offset that only grows. It
/// determines expiry, rate limits, retries, message timestamps and the timestamps of signatures. The app's 3 s to
/// answer are measured without the offset. Thread-safe.
/// </summary>
public sealed class WorkspaceClock
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);
    private readonly Lock _gate = new();
    private TimeSpan _offset;
    private TaskCompletionSource _jumped = NewSignal();

    internal WorkspaceClock(TimeProvider provider) => Provider = provider;

    internal TimeProvider Provider { get; }

    /// <summary>How far the clock has been moved ahead.</summary>
    public TimeSpan Offset
    {
        get
        {
            lock (_gate)
                return _offset;
        }
    }

    /// <summary>The workspace's time, in UTC.</summary>
    public DateTimeOffset Now => Provider.GetUtcNow() + Offset;

    /// <summary>Moves the clock ahead. Retries of events that become due are sent at once.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="by"/> is negative or more than 366
    /// days.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(by, TimeSpan.FromDays(366));
        TaskCompletionSource jumped;
        lock (_gate)
        {
            _offset += by;
            jumped = _jumped;
            _jumped = NewSignal();
        }

        jumped.SetResult();
    }

    /// <summary>
    /// Completes when the workspace's time has reached <paramref name="due"/>, by waiting or because the clock was
    /// moved.
    /// </summary>
    internal async Task WaitUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task jumped;
            TimeSpan left;
            lock (_gate)
            {
                jumped = _jumped.Task;
                left = due - (Provider.GetUtcNow() + _offset);
            }

            if (left <= TimeSpan.Zero)
                return;

            // A timer takes at most 49 days; a message can be scheduled for later.
            if (left > LongestWait)
                left = LongestWait;
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(jumped, Task.Delay(left, Provider, ended.Token));
            await ended.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
