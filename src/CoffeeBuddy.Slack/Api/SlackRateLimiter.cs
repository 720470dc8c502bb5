namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// Keeps our calls within Slack's rates (https://docs.slack.dev/apis/web-api/rate-limits), so that 429 is the exception:
/// per method and workspace and minute, and one message per second and channel. It knows only its own process; what
/// the other replicas use up shows as a 429, after which it holds back what Slack refused.
/// </summary>
/// <param name="share">Which part of those rates is ours, see <see cref="SlackOptions.RateShare"/>.</param>
public sealed class SlackRateLimiter(TimeProvider time, double share = 1)
{
    /// <summary>How many methods, channels and turns are remembered.</summary>
    internal int Remembered => _windows.Values.Sum(window => 1 + window.Turns);

    private static readonly TimeSpan PerMinute = TimeSpan.FromMinutes(1);
    private const int ManyWindows = 1024;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, SlidingWindow> _windows = [];

    /// <summary>Waits for the call's turn.</summary>
    /// <param name="channel">The channel posted to; only chat.postMessage is limited by channel.</param>
    /// <param name="maxWait">Calls whose turn is farther away are refused instead.</param>
    /// <exception cref="SlackApiException"><see cref="SlackErrorKind.RateLimited"/>, with the time to the turn, at once.</exception>
    public async ValueTask WaitAsync(
        string method,
        string? channel,
        string? workspaceId,
        TimeSpan maxWait,
        CancellationToken cancellationToken
    )
    {
        var wait = Reserve(method, channel, workspaceId, maxWait);
        if (wait > TimeSpan.Zero)
            await Task.Delay(wait, time, cancellationToken);
    }

    /// <summary>Holds back the calls that Slack just refused with 429.</summary>
    public void Block(string method, string? channel, string? workspaceId, TimeSpan retryAfter)
    {
        lock (_lock)
        {
            var windows = Windows(method, channel, workspaceId);
            windows[^1].BlockUntil(time.GetUtcNow() + retryAfter);
        }
    }

    private TimeSpan Reserve(string method, string? channel, string? workspaceId, TimeSpan maxWait)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            var windows = Windows(method, channel, workspaceId);
            var turn = windows.Max(window => window.NextTurn(now));
            // A trigger lives for 3 seconds: a form opens now or not at all, and Slack alone says when there were too many.
            if (IsInteractive(method))
            {
                turn = windows.Max(window => window.BlockedUntil);
                maxWait = TimeSpan.Zero;
            }
            var wait = turn > now ? turn - now : TimeSpan.Zero;
            if (wait > maxWait)
                throw new SlackApiException(method, "ratelimited_here", SlackErrorKind.RateLimited, wait);
            foreach (var window in windows)
                window.Take(now + wait);
            return wait;
        }
    }

    private static bool IsInteractive(string method) => method is "views.open" or "views.update";

    // The most specific one last: that is what a 429 is about.
    private List<SlidingWindow> Windows(string method, string? channel, string? workspaceId)
    {
        if (_windows.Count > ManyWindows)
            ForgetIdle();
        List<SlidingWindow> windows =
        [
            Window($"{method} {workspaceId}", Math.Max(1, (int)(CallsPerMinute(method) * share)), PerMinute),
        ];
        if (method == "chat.postMessage" && channel is not null)
            windows.Add(Window($"{method} {workspaceId} {channel}", 1, TimeSpan.FromSeconds(1)));
        return windows;
    }

    private SlidingWindow Window(string key, int limit, TimeSpan length)
    {
        if (!_windows.TryGetValue(key, out var window))
            _windows[key] = window = new SlidingWindow(limit, length);
        return window;
    }

    private void ForgetIdle()
    {
        var now = time.GetUtcNow();
        foreach (var key in _windows.Where(window => window.Value.IsIdle(now)).Select(window => window.Key).ToList())
            _windows.Remove(key);
    }

    // Slack says of chat.postMessage only "several hundred messages per minute" for a workspace.
    private static int CallsPerMinute(string method) =>
        method switch
        {
            "chat.postMessage" => 200,
            "views.open" or "views.update" or "views.publish" or "chat.postEphemeral" or "users.info" => 100,
            "chat.update" or "conversations.open" or "conversations.history" or "conversations.replies" => 50,
            _ => 20,
        };
}
