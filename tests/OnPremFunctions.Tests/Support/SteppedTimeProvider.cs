using System.Collections.Concurrent;
using Microsoft.Extensions.Time.Testing;

namespace OnPremFunctions.Tests.Support;

/// <summary>
/// Fake time that advances from timer to timer. It does not advance while no timer is set, so code that is slow to set
/// its timer is not late.
/// </summary>
public sealed class SteppedTimeProvider(DateTimeOffset start) : FakeTimeProvider(start)
{
    private readonly ConcurrentDictionary<Waiting, DateTimeOffset> _due = new();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Waiting(this, callback);
        var due = DueAfter(dueTime);
        timer.Inner = base.CreateTimer(timer.Fire, state, dueTime, period);
        timer.Remember(due);
        return timer;
    }

    /// <summary>Advances to the earliest timer, if that is due <paramref name="within"/> this time.</summary>
    public void AdvanceToNextTimer(TimeSpan within)
    {
        var now = GetUtcNow();
        var next = _due.Values.DefaultIfEmpty(DateTimeOffset.MaxValue).Min();
        if (next - now <= within)
            Advance(next > now ? next - now : TimeSpan.Zero);
    }

    private DateTimeOffset? DueAfter(TimeSpan dueTime) =>
        dueTime == Timeout.InfiniteTimeSpan ? null : GetUtcNow() + dueTime;

    private sealed class Waiting(SteppedTimeProvider time, TimerCallback callback) : ITimer
    {
        private volatile bool _fired;

        public ITimer Inner { get; set; } = null!;

        public void Remember(DateTimeOffset? due)
        {
            if (due is { } at)
                time._due[this] = at;
            if (_fired || due is null)
                Forget();
        }

        public void Fire(object? state)
        {
            _fired = true;
            Forget();
            callback(state);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _fired = false;
            var due = time.DueAfter(dueTime);
            var changed = Inner.Change(dueTime, period);
            Remember(due);
            return changed;
        }

        public void Dispose()
        {
            Forget();
            Inner.Dispose();
        }

        public ValueTask DisposeAsync()
        {
            Forget();
            return Inner.DisposeAsync();
        }

        private void Forget() => time._due.TryRemove(this, out _);
    }
}
