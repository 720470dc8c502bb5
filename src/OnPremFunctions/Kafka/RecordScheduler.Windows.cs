using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>The partition windows: which are owned, which are full, and which offsets may be committed.</summary>
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

    /// <summary>Sets the offset to commit of a partition that has no records.</summary>
    public void StartAt(TopicPartition partition, long offset)
    {
        lock (_gate)
            _windows.GetValueOrDefault(partition)?.StartAt(offset);
    }

    /// <summary>The offsets to commit, of the partitions whose offset moved since the last call.</summary>
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

    /// <summary>The offsets to commit, of those of these partitions whose offset is known.</summary>
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

    /// <summary>The partitions whose window is full and not paused. The caller must pause them.</summary>
    public IReadOnlyList<TopicPartition> TakeFull() =>
        TakeWindows(static window => window is { IsPaused: false, IsFull: true }, paused: true);

    /// <summary>The paused partitions whose window is half empty. The caller must resume them.</summary>
    public IReadOnlyList<TopicPartition> TakeResumable() =>
        TakeWindows(static window => window is { IsPaused: true, HasRoom: true }, paused: false);

    /// <summary>The paused partitions.</summary>
    public IReadOnlyList<TopicPartition> Paused()
    {
        lock (_gate)
            return
            [
                .. _windows.Values.Where(static window => window.IsPaused).Select(static window => window.Partition),
            ];
    }

    /// <summary>Starts nothing more of these partitions.</summary>
    /// <returns>The dispatches that are running and have records of them.</returns>
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
                    dispatch.Items.Any(item => partitions.Contains(item.Queue.Window.Partition))
                ),
            ];
        }
    }

    /// <summary>Removes partitions. The result of what still runs is ignored.</summary>
    /// <returns>Those that were paused.</returns>
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
