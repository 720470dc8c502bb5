using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// Slack's documented limits, in workspace time: a number of calls of each method in any minute, and one message a
/// second in each channel. Slack tolerates short bursts; the simulator does not, so that an app that works here has a
/// margin at Slack.
/// </summary>
internal sealed class RateLimiter(WorkspaceClock clock, SimulatorOptions options)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MessageGap = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Queue<DateTimeOffset>> _calls = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DateTimeOffset> _lastMessage = new(StringComparer.Ordinal);

    public bool Enabled { get; set; } = options.RateLimits;

    /// <summary>Counts a call.</summary>
    /// <exception cref="SlackError"><c>ratelimited</c>, with the seconds until another call is allowed.</exception>
    public void Call(Method method)
    {
        if (!Enabled || method.PerMinute is not { } allowed)
            return;
        lock (_gate)
        {
            if (!_calls.TryGetValue(method.Name, out var calls))
                _calls[method.Name] = calls = new Queue<DateTimeOffset>();
            var now = clock.Now;
            while (calls.TryPeek(out var oldest) && now - oldest >= Window)
                calls.Dequeue();
            if (calls.Count >= allowed)
                throw Limited(calls.Peek() + Window - now);
            calls.Enqueue(now);
        }
    }

    /// <summary>Counts a message in a channel.</summary>
    /// <exception cref="SlackError"><c>ratelimited</c>: the previous message in the channel is less than a second
    /// old.</exception>
    public void Message(string channel)
    {
        if (!Enabled)
            return;
        lock (_gate)
        {
            var now = clock.Now;
            if (_lastMessage.TryGetValue(channel, out var last) && now - last < MessageGap)
                throw Limited(last + MessageGap - now);
            _lastMessage[channel] = now;
        }
    }

    private static SlackError Limited(TimeSpan wait) =>
        new("ratelimited") { RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)) };
}
