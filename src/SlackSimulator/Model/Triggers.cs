using SlackSimulator.WebApi;

namespace SlackSimulator.Model;

/// <summary>Who a trigger_id was made for, and the view or the conversation it was made in.</summary>
internal sealed record Trigger(string UserId, string? ViewId, string? ChannelId, DateTimeOffset Issued)
{
    public bool Exchanged { get; set; }
}

/// <summary>trigger_ids: 3 s of workspace time, one use. Called under the workspace's lock.</summary>
internal sealed class Triggers(WorkspaceClock clock)
{
    private static readonly TimeSpan Life = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Remembered = TimeSpan.FromHours(1);
    private readonly Dictionary<string, Trigger> _issued = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private long _next = 1_000_000_000_000;

    public string Issue(string userId, string? viewId = null, string? channelId = null)
    {
        while (_order.TryPeek(out var oldest) && clock.Now - _issued[oldest].Issued > Remembered)
            _issued.Remove(_order.Dequeue());
        var id = $"{++_next}.{_next / 7}.{IdSource.Secret(16)}";
        _issued[id] = new Trigger(userId, viewId, channelId, clock.Now);
        _order.Enqueue(id);
        return id;
    }

    /// <summary>The trigger, still unused: whoever opens a view with it marks it <see cref="Trigger.Exchanged"/>.</summary>
    /// <exception cref="SlackError">Unknown, used before, or older than 3 s.</exception>
    public Trigger Find(string id)
    {
        if (!_issued.TryGetValue(id, out var trigger))
            throw new SlackError("invalid_trigger_id");
        if (trigger.Exchanged)
            throw new SlackError("exchanged_trigger_id");
        return clock.Now - trigger.Issued > Life ? throw new SlackError("expired_trigger_id") : trigger;
    }
}
