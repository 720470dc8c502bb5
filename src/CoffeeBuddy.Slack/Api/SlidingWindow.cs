namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// At most <paramref name="limit"/> calls within any <paramref name="length"/> of time. Not thread-safe.
/// </summary>
internal sealed class SlidingWindow(int limit, TimeSpan length)
{
    // The times of calls made and of calls that wait, oldest first.
    private readonly Queue<DateTimeOffset> _calls = new();

    public int Calls => _calls.Count;

    public DateTimeOffset BlockedUntil { get; private set; } = DateTimeOffset.MinValue;

    /// <summary>The earliest time at which another call may be made; not before <paramref name="now"/>.</summary>
    public DateTimeOffset NextTurn(DateTimeOffset now)
    {
        RemoveExpired(now);
        var turn = _calls.Count < limit ? now : _calls.ElementAt(_calls.Count - limit) + length;
        turn = turn > now ? turn : now;
        return turn > BlockedUntil ? turn : BlockedUntil;
    }

    public void Take(DateTimeOffset turn) => _calls.Enqueue(turn);

    /// <summary>Delays calls until <paramref name="time"/>; it never shortens an earlier block.</summary>
    public void BlockUntil(DateTimeOffset time) => BlockedUntil = time > BlockedUntil ? time : BlockedUntil;

    /// <summary>Whether the window delays nothing and can be removed.</summary>
    public bool IsIdle(DateTimeOffset now)
    {
        RemoveExpired(now);
        return _calls.Count == 0 && BlockedUntil <= now;
    }

    private void RemoveExpired(DateTimeOffset now)
    {
        while (_calls.TryPeek(out var oldest) && oldest + length <= now)
            _calls.Dequeue();
    }
}
