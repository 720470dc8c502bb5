using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.Control;

/// <summary>Every change of the workspace in order, numbered, so that a client of <c>/sim/stream</c> can resume. Holds the last 5,000.</summary>
internal sealed class ChangeLog
{
    private const int Capacity = 5_000;
    private readonly Lock _gate = new();
    private readonly Queue<Change> _changes = new();
    private TaskCompletionSource _signal = NewSignal();
    private long _last;

    /// <summary>Another one with each start: what was numbered before it is of another workspace.</summary>
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

    /// <summary>What came after a number, and a task that completes with the next change.</summary>
    public (IReadOnlyList<Change> Changes, Task More) After(long number)
    {
        lock (_gate)
            return ([.. _changes.Where(change => change.Number > number)], _signal.Task);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    internal sealed record Change(long Number, string Type, string Data);
}
