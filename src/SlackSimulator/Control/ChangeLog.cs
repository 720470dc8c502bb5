using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.Control;

/// <summary>
/// The last 5,000 changes of the workspace, numbered, so that a client of <c>/sim/stream</c> can resume.
/// </summary>
internal sealed class ChangeLog
{
    private const int Capacity = 5_000;
    private readonly Lock _gate = new();
    private readonly Queue<Change> _changes = new();
    private TaskCompletionSource _signal = NewSignal();
    private long _last;

    /// <summary>
    /// Differs for each start of the simulator. A client that sees a new value discards its change numbers, because
    /// they restart at 1.
    /// </summary>
    public string Start { get; } = IdSource.Secret(8);

    public long Last
    {
        get
        {
            lock (_gate)
                return _last;
        }
    }

    public void Publish(string type, JsonObject data)
    {
        TaskCompletionSource signal;
        lock (_gate)
        {
            _changes.Enqueue(new Change(++_last, type, data.ToWire()));
            if (_changes.Count > Capacity)
                _changes.Dequeue();
            signal = _signal;
            _signal = NewSignal();
        }

        signal.SetResult();
    }

    /// <summary>The changes after a number, and a task that completes at the next change.</summary>
    public (IReadOnlyList<Change> Changes, Task More) After(long number)
    {
        lock (_gate)
            return ([.. _changes.Where(change => change.Number > number)], _signal.Task);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed record Change(long Number, string Type, string Data);
}
