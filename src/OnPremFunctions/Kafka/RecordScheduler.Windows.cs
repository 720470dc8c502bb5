using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>The partitions: which are this worker's, which are full, and up to where they may be committed.</summary>
internal sealed partial class RecordScheduler
{
    public void Assign(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
                _windows[partition] = new PartitionWindow(partition, windowLimit);
        }
    }

    /// <summary>Up to where each partition may be committed, for those that moved since the last call.</summary>
    public IReadOnlyList<TopicPartitionOffset> TakeMoved()
    {
        lock (_gate)
        {
            List<TopicPartitionOffset> moved = [];
            foreach (var window in _windows.Values)
            {
                if (window.Position == window.Stored)
                    continue;
                window.Stored = window.Position;
                moved.Add(new TopicPartitionOffset(window.Partition, window.Position!.Value));
            }

            return moved;
        }
    }

    /// <summary>Up to where these partitions may be committed; those without a record are left out.</summary>
    public IReadOnlyList<TopicPartitionOffset> PositionsOf(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            return
            [
                .. from partition in partitions
                let position = _windows.GetValueOrDefault(partition)?.Position
                where position is not null
                select new TopicPartitionOffset(partition, position.Value),
            ];
        }
    }

    /// <summary>The partitions whose window has become full; they are then taken to be paused.</summary>
    public IReadOnlyList<TopicPartition> TakeFull() =>
        TakeWindows(static window => window is { IsPaused: false, IsFull: true }, paused: true);

    /// <summary>The paused partitions whose window is half empty again; they are then taken to be resumed.</summary>
    public IReadOnlyList<TopicPartition> TakeResumable() =>
        TakeWindows(static window => window is { IsPaused: true, HasRoom: true }, paused: false);

    /// <summary>The partitions that are paused now.</summary>
    public IReadOnlyList<TopicPartition> Paused()
    {
        lock (_gate)
            return
            [
                .. _windows.Values.Where(static window => window.IsPaused).Select(static window => window.Partition),
            ];
    }

    /// <summary>Begins nothing more of these partitions, and tells what of them still runs.</summary>
    public IReadOnlyList<Dispatch> CloseWindows(IReadOnlyCollection<TopicPartition> partitions)
    {
        lock (_gate)
        {
            foreach (var partition in partitions)
            {
                if (_windows.TryGetValue(partition, out var window))
                    window.IsClosing = true;
            }

            return
            [
                .. _running.Where(dispatch =>
                    dispatch.Works.Any(work => partitions.Contains(work.Lane.Window.Partition))
                ),
            ];
        }
    }

    /// <summary>Forgets partitions; what still runs of them counts for nothing.</summary>
    /// <returns>Those that are paused.</returns>
    public IReadOnlyList<TopicPartition> Drop(IEnumerable<TopicPartition> partitions)
    {
        lock (_gate)
        {
            List<TopicPartition> paused = [];
            foreach (var partition in partitions)
            {
                if (!_windows.Remove(partition, out var window))
                    continue;
                window.IsClosing = true;
                if (window.IsPaused)
                    paused.Add(partition);
            }

            return paused;
        }
    }

    private List<TopicPartition> TakeWindows(Func<PartitionWindow, bool> which, bool paused)
    {
        lock (_gate)
        {
            var windows = _windows.Values.Where(which).ToList();
            windows.ForEach(window => window.IsPaused = paused);
            return windows.ConvertAll(static window => window.Partition);
        }
    }
}
