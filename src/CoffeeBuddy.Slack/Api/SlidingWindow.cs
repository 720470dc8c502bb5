namespace CoffeeBuddy.Slack.Api;

/// <summary>At most <paramref name="limit"/> calls within any <paramref name="window"/>. Not thread-safe.</summary>
internal sealed class SlidingWindow(int limit, TimeSpan window)
{
    private readonly Queue<DateTimeOffset> _turns = new();
    private DateTimeOffset _blockedUntil = DateTimeOffset.MinValue;

    public int Turns => _turns.Count;

    /// <summary>When the next call may be made; turns that do not count any more are forgotten.</summary>
    public DateTimeOffset NextTurn(DateTimeOffset now)
    {
        Forget(now);
        var turn = _turns.Count < limit ? now : _turns.ElementAt(_turns.Count - limit) + window;
        turn = turn > now ? turn : now;
        return turn > _blockedUntil ? turn : _blockedUntil;
    }

    public DateTimeOffset BlockedUntil => _blockedUntil;

    public void Take(DateTimeOffset turn) => _turns.Enqueue(turn);

    public void BlockUntil(DateTimeOffset time) => _blockedUntil = time > _blockedUntil ? time : _blockedUntil;

    /// <summary>Whether nothing is remembered that would hold up a call.</summary>
    public bool IsIdle(DateTimeOffset now)
    {
        Forget(now);
        return _turns.Count == 0 && _blockedUntil <= now;
    }

    private void Forget(DateTimeOffset now)
    {
        while (_turns.TryPeek(out var oldest) && oldest + window <= now)
            _turns.Dequeue();
    }
}
