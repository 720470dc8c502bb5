namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// Delays calls so that Slack rarely answers 429: it counts per method, workspace and minute, and one message per
/// second and channel (https://docs.slack.dev/apis/web-api/rate-limits). It knows the calls of this process only. When
/// other replicas use up a rate, Slack answers 429 and <see cref="Block"/> delays what was refused.
/// </summary>
/// <param name="share">The part of Slack's rates per minute to use, see <see cref="SlackOptions.RateShare"/>.</param>
internal sealed class SlackRateLimiter(TimeProvider time, double share)
{
    private static readonly TimeSpan PerMinute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan PerSecond = TimeSpan.FromSeconds(1);
    private const int MaxWindowsBeforeCleanup = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<(SlackMethod, RateLimitScope), SlidingWindow> _windows = [];

    /// <summary>The number of windows and calls in memory.</summary>
    internal int Remembered => _windows.Values.Sum(window => 1 + window.Calls);

    /// <summary>Waits until the call may be made.</summary>
    /// <param name="maxWait">A call that would have to wait longer is refused at once.</param>
    /// <exception cref="SlackApiException"><c>ratelimited_here</c>, with the time to wait.</exception>
    public async ValueTask WaitAsync(
        SlackMethod method,
        RateLimitScope scope,
        TimeSpan maxWait,
        CancellationToken cancellationToken
    )
    {
        var wait = Reserve(method, scope, maxWait);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>Delays the method's calls after Slack has answered 429.</summary>
    public void Block(SlackMethod method, RateLimitScope scope, TimeSpan retryAfter)
    {
        lock (_lock)
        {
            var (perMinute, perChannel) = FindWindows_NeedsLock(method, scope);
            // Slack's 429 for a method with a limit per channel is about the channel.
            (perChannel ?? perMinute).BlockUntil(time.GetUtcNow() + retryAfter);
        }
    }

    private TimeSpan Reserve(SlackMethod method, RateLimitScope scope, TimeSpan maxWait)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var (perMinute, perChannel) = FindWindows_NeedsLock(method, scope);
            var turn = perMinute.NextTurn(now);
            if (perChannel?.NextTurn(now) is { } channelTurn && channelTurn > turn)
                turn = channelTurn;
            // A person has to be answered within 3 s, so the call does not wait. Only a 429 from Slack refuses it, not our own
            // count.
            if (method.IsInteractive)
                (turn, maxWait) = (perMinute.BlockedUntil, TimeSpan.Zero);
            var wait = turn > now ? turn - now : TimeSpan.Zero;
            if (wait > maxWait)
                throw method.Failure("ratelimited_here", SlackErrorKind.RateLimited, SlackOutcome.NotDone, wait);
            perMinute.Take(now + wait);
            perChannel?.Take(now + wait);
            return wait;
        }
    }

    private (SlidingWindow PerMinute, SlidingWindow? PerChannel) FindWindows_NeedsLock(
        SlackMethod method,
        RateLimitScope scope
    )
    {
        if (_windows.Count > MaxWindowsBeforeCleanup)
            RemoveIdle_NeedsLock();
        var callsPerMinute = Math.Max(1, (int)(method.CallsPerMinute * share));
        return (
            FindWindow_NeedsLock(method, scope with { Channel = null }, callsPerMinute, PerMinute),
            method.IsLimitedByChannel && scope.Channel is not null
                ? FindWindow_NeedsLock(method, scope, limit: 1, PerSecond)
                : null
        );
    }

    private SlidingWindow FindWindow_NeedsLock(SlackMethod method, RateLimitScope scope, int limit, TimeSpan length)
    {
        if (!_windows.TryGetValue((method, scope), out var window))
            _windows[(method, scope)] = window = new SlidingWindow(limit, length);
        return window;
    }

    private void RemoveIdle_NeedsLock()
    {
        var now = time.GetUtcNow();
        foreach (var key in _windows.Where(window => window.Value.IsIdle(now)).Select(window => window.Key).ToList())
            _windows.Remove(key);
    }
}
