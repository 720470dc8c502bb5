namespace SlackSimulator.Model;

/// <summary>
/// The workspace's time: the given provider's, plus an offset that only grows. Everything in Slack that lives by the calendar
/// (expiry, rate windows, retries, message ts, signatures) goes by it; the 3 s an app has to answer go by the provider alone.
/// </summary>
public sealed class WorkspaceClock(TimeProvider timeProvider)
{
    private readonly Lock _gate = new();
    private TimeSpan _offset;
    private TaskCompletionSource _jumped = NewSignal();

    public TimeProvider Provider { get; } = timeProvider;

    public TimeSpan Offset
    {
        get
        {
            lock (_gate)
                return _offset;
        }
    }

    public DateTimeOffset Now => Provider.GetUtcNow() + Offset;

    /// <exception cref="ArgumentOutOfRangeException">The clock would go back, or by more than a year.</exception>
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

    /// <summary>Completes once the workspace's time has reached <paramref name="due"/>, by waiting or by a jump.</summary>
    public async Task WaitUntilAsync(DateTimeOffset due, CancellationToken cancellationToken)
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

            using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(jumped, Task.Delay(left, Provider, ended.Token));
            await ended.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
