using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Decides which records run next: keeps the order per key, runs other keys in parallel, limits the records in flight,
/// and knows the offsets that may be committed. Uses no consumer and no clock. Thread-safe.
/// </summary>
/// <param name="windowLimit">Most records in flight per partition.</param>
/// <param name="maxConcurrency">Most dispatches at once.</param>
/// <param name="maxBatch">Most records in one dispatch.</param>
internal sealed partial class RecordScheduler(int windowLimit, int maxConcurrency, int maxBatch)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TopicPartition, PartitionWindow> _windows = [];
    private readonly Queue<WorkItem> _retries = new();
    private readonly Queue<KeyQueue> _ready = new();
    private readonly HashSet<Dispatch> _running = [];
    private bool _isClosed;

    /// <returns>False when this consumer does not own the partition.</returns>
    public bool Add(KafkaRecord record)
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
            var queue = QueueOf_NeedsLock(window, record.Key);
            queue.Waiting.Enqueue(slot);
            if (!queue.IsBusy && queue.Waiting.Count == 1)
                _ready.Enqueue(queue);
            return true;
        }
    }

    /// <returns>What can run now; null when nothing can.</returns>
    public Dispatch? Take()
    {
        lock (_gate)
        {
            if (_isClosed || _running.Count >= maxConcurrency)
                return null;

            var items = TakeRetry_NeedsLock() is { } retry ? [retry] : TakeReady_NeedsLock();
            if (items.Count == 0)
                return null;

            var dispatch = new Dispatch(items);
            _running.Add(dispatch);
            return dispatch;
        }
    }

    /// <summary>
    /// Marks the item's current records as done. Then its remaining records run next, or the key's next records may
    /// run.
    /// </summary>
    public void Complete(WorkItem item)
    {
        lock (_gate)
        {
            foreach (var slot in item.TakeCurrent())
                slot.IsDone = true;
            item.Queue.Window.Advance();
            if (item.Records.Count > 0)
                _retries.Enqueue(item);
            else
                Free_NeedsLock(item.Queue);
        }
    }

    /// <summary>Runs the item again. No other record of its key has run in the meantime.</summary>
    public void Retry(WorkItem item)
    {
        lock (_gate)
            _retries.Enqueue(item);
    }

    /// <summary>Allows another dispatch to run.</summary>
    public void End(Dispatch dispatch)
    {
        lock (_gate)
            _running.Remove(dispatch);
        dispatch.End();
    }

    /// <summary>Starts nothing more.</summary>
    /// <returns>The dispatches that are running.</returns>
    public IReadOnlyList<Dispatch> Close()
    {
        lock (_gate)
        {
            _isClosed = true;
            return [.. _running];
        }
    }

    private static KeyQueue QueueOf_NeedsLock(PartitionWindow window, byte[]? key)
    {
        if (key is null)
            return new KeyQueue(window, null);
        if (!window.Queues.TryGetValue(key, out var queue))
            window.Queues[key] = queue = new KeyQueue(window, key);
        return queue;
    }

    private WorkItem? TakeRetry_NeedsLock()
    {
        while (_retries.TryDequeue(out var item))
        {
            if (!item.Queue.Window.IsClosing)
                return item;
        }

        return null;
    }

    /// <summary>
    /// Spreads the ready keys over the free dispatches: a batch has several keys only when there are more keys than
    /// those.
    /// </summary>
    private List<WorkItem> TakeReady_NeedsLock()
    {
        List<WorkItem> items = [];
        var room = maxBatch;
        var free = maxConcurrency - _running.Count;
        var keys = (_ready.Count + free - 1) / free;
        while (room > 0 && items.Count < keys && _ready.TryDequeue(out var queue))
        {
            if (queue.Window.IsClosing)
                continue;

            List<RecordSlot> records = [];
            while (room > 0 && queue.Waiting.TryDequeue(out var slot))
            {
                records.Add(slot);
                room--;
            }

            queue.IsBusy = true;
            items.Add(new WorkItem(queue, records));
        }

        return items;
    }

    private void Free_NeedsLock(KeyQueue queue)
    {
        queue.IsBusy = false;
        if (queue.Waiting.Count > 0)
            _ready.Enqueue(queue);
        else if (queue.Key is not null)
            queue.Window.Queues.Remove(queue.Key);
    }
}
