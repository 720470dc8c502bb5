using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Decides which records run now: keeps each key in order, lets other keys go on, bounds what is in flight, and knows up to where each
/// partition may be committed. Knows no consumer and no clock. Safe for any thread.
/// </summary>
/// <param name="windowLimit">Records of one partition in flight.</param>
/// <param name="maxConcurrency">Dispatches at once.</param>
/// <param name="maxBatch">Records in one dispatch.</param>
internal sealed partial class RecordScheduler(int windowLimit, int maxConcurrency, int maxBatch)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionWindow> _windows = [];
    private readonly Queue<LaneWork> _again = new();
    private readonly Queue<KeyLane> _ready = new();
    private readonly HashSet<Dispatch> _running = [];
    private bool _isClosed;

    /// <returns>False when the partition is not, or no longer, this worker's.</returns>
    public bool Add(KafkaRecord record, byte[]? key)
    {
        lock (_gate)
        {
            if (
                !_windows.TryGetValue(new TopicPartition(record.Topic, record.Partition), out var window)
                || window.IsClosing
            )
                return false;

            var slot = new RecordSlot(record);
            window.Add(slot);
            var lane = LaneOf(window, key);
            lane.Waiting.Enqueue(slot);
            if (!lane.IsBusy && lane.Waiting.Count == 1)
                _ready.Enqueue(lane);
            return true;
        }
    }

    /// <summary>What can run now; null when nothing can.</summary>
    public Dispatch? Take()
    {
        lock (_gate)
        {
            if (_isClosed || _running.Count >= maxConcurrency)
                return null;

            var works = TakeRetry() is { } retry ? [retry] : TakeReady();
            if (works.Count == 0)
                return null;

            var dispatch = new Dispatch(works);
            _running.Add(dispatch);
            return dispatch;
        }
    }

    /// <summary>The work's current records are done; what is left of it runs next, or else its key's next records may.</summary>
    public void Complete(LaneWork work)
    {
        lock (_gate)
        {
            foreach (var slot in work.TakeCurrent())
                slot.IsDone = true;
            work.Lane.Window.Advance();
            if (work.Records.Count > 0)
                _again.Enqueue(work);
            else
                Free(work.Lane);
        }
    }

    /// <summary>The work is due again. Its key stayed closed meanwhile.</summary>
    public void Again(LaneWork work)
    {
        lock (_gate)
            _again.Enqueue(work);
    }

    /// <summary>The dispatch's place is free.</summary>
    public void End(Dispatch dispatch)
    {
        lock (_gate)
            _running.Remove(dispatch);
        dispatch.End();
    }

    /// <summary>Begins nothing more at all, and tells what still runs.</summary>
    public IReadOnlyList<Dispatch> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return [.. _running];
        }
    }

    private static KeyLane LaneOf(PartitionWindow window, byte[]? key)
    {
        if (key is null)
            return new KeyLane(window, null);
        if (!window.Lanes.TryGetValue(key, out var lane))
            window.Lanes[key] = lane = new KeyLane(window, key);
        return lane;
    }

    private LaneWork? TakeRetry()
    {
        while (_again.TryDequeue(out var work))
        {
            if (!work.Lane.Window.IsClosing)
                return work;
        }

        return null;
    }

    /// <summary>The ready keys are spread over the places that are free: a batch takes several only when there are more keys than places.</summary>
    private List<LaneWork> TakeReady()
    {
        List<LaneWork> works = [];
        var room = maxBatch;
        var places = maxConcurrency - _running.Count;
        var keys = (_ready.Count + places - 1) / places;
        while (room > 0 && works.Count < keys && _ready.TryDequeue(out var lane))
        {
            if (lane.Window.IsClosing)
                continue;

            List<RecordSlot> records = [];
            while (room > 0 && lane.Waiting.TryDequeue(out var slot))
            {
                records.Add(slot);
                room--;
            }

            lane.IsBusy = true;
            works.Add(new LaneWork(lane, records));
        }

        return works;
    }

    private void Free(KeyLane lane)
    {
        lane.IsBusy = false;
        if (lane.Waiting.Count > 0)
            _ready.Enqueue(lane);
        else if (lane.Key is not null)
            lane.Window.Lanes.Remove(lane.Key);
    }
}
