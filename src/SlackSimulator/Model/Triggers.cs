using SlackSimulator.WebApi;

namespace SlackSimulator.Model;

/// <summary>The user for whom a trigger_id was created, and the view or conversation where it was created.</summary>
internal sealed record Trigger(string UserId, string? ViewId, string? ChannelId, DateTimeOffset Issued)
{
    /// <summary>Whether a view was opened with it.</summary>
    public bool Exchanged { get; set; }
}

/// <summary>
/// Creates and checks trigger_ids, which are valid for 3 s of workspace time and one use. Called under the workspace's
/// lock.
/// </summary>
internal sealed class Triggers(WorkspaceClock clock)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromSeconds(3);

    // Expired triggers are kept for a while to tell expired_trigger_id from invalid_trigger_id.
    private static readonly TimeSpan Retention = TimeSpan.FromHours(1);
    private readonly Dictionary<string, Trigger> _issued = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();
    private long _next = 1_000_000_000_000;

    public string Issue(string userId, string? viewId = null, string? channelId = null)
    {
        while (_order.TryPeek(out var oldest) && clock.Now - _issued[oldest].Issued > Retention)
            _issued.Remove(_order.Dequeue());
        var id = $"{++_next}.{_next / 7}.{IdSource.Secret(16)}";
        _issued[id] = new Trigger(userId, viewId, channelId, clock.Now);
        _order.Enqueue(id);
        return id;
    }

    /// <summary>
    /// Finds a valid trigger. The caller sets <see cref="Trigger.Exchanged"/> when it has opened a view.
    /// </summary>
    /// <exception cref="SlackError">It is unknown, was used before, or is older than 3 s.</exception>
    public Trigger Find(string id)
    {
        if (!_issued.TryGetValue(id, out var trigger))
            throw new SlackError("invalid_trigger_id");
        if (trigger.Exchanged)
            throw new SlackError("exchanged_trigger_id");
        return clock.Now - trigger.Issued > Lifetime ? throw new SlackError("expired_trigger_id") : trigger;
    }
}
