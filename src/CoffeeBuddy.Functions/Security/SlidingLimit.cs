namespace CoffeeBuddy.Functions.Security;

/// <summary>
/// At most <paramref name="limit"/> requests of one key within any <paramref name="length"/> of time, counted in this
/// process. A refused request does not count.
/// </summary>
/// <param name="maxKeys">The most keys in memory. While that many are in use, others are refused.</param>
public sealed class SlidingLimit(TimeProvider time, int limit, TimeSpan length, int maxKeys = 10_000)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _times = new(StringComparer.Ordinal);

    /// <returns>Null: the request may go on; otherwise when to try again.</returns>
    public TimeSpan? Take(string key)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (!_times.TryGetValue(key, out var times))
            {
                if (_times.Count >= maxKeys)
                    RemoveIdle_NeedsLock(now);
                if (_times.Count >= maxKeys)
                    return TimeSpan.FromSeconds(1);
                _times[key] = times = new();
            }
            while (times.TryPeek(out var oldest) && oldest + length <= now)
                times.Dequeue();
            if (times.Count >= limit)
                return times.Peek() + length - now;
            times.Enqueue(now);
            return null;
        }
    }

    /// <summary>Whether <see cref="Take"/> would refuse.</summary>
    public bool IsFull(string key)
    {
        lock (_lock)
        {
            return _times.TryGetValue(key, out var times)
                && times.Count >= limit
                && times.Peek() + length > time.GetUtcNow();
        }
    }

    private void RemoveIdle_NeedsLock(DateTimeOffset now)
    {
        foreach (var (key, times) in _times)
        {
            // The last one is the youngest; removing while enumerating is allowed.
            if (times.Count == 0 || times.Last() + length <= now)
                _times.Remove(key);
        }
    }
}
