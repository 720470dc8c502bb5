using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>The records of one partition from the oldest that is not done to the newest fetched.</summary>
internal sealed class PartitionWindow(TopicPartition partition, int limit)
{
    private readonly Queue<RecordSlot> _slots = new();

    public TopicPartition Partition => partition;

    /// <summary>The queues of the keys that have records in the window.</summary>
    public Dictionary<byte[], KeyQueue> Queues { get; } = new(ByteArrayComparer.Instance);

    /// <summary>
    /// The offset to commit: that of the oldest record that is not done. Null before the first record, unless
    /// <see cref="StartAt"/> has set it.
    /// </summary>
    public long? Position { get; private set; }

    /// <summary>The <see cref="Position"/> that was last stored for commit.</summary>
    public long? Stored { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>True while the partition is being revoked: running invocations may end, no new one starts.</summary>
    public bool IsClosing { get; set; }

    public bool IsFull => _slots.Count >= limit;

    public bool HasRoom => _slots.Count <= limit / 2;

    public void Add(RecordSlot slot)
    {
        Position ??= slot.Record.Offset;
        _slots.Enqueue(slot);
    }

    /// <summary>Sets the offset of the next record, unless there are records or a later offset is known.</summary>
    public void StartAt(long offset)
    {
        if (_slots.Count == 0 && (Position ?? -1) < offset)
            Position = offset;
    }

    /// <summary>Removes done records from the old end, up to the first that is not done.</summary>
    public void Advance()
    {
        while (_slots.TryPeek(out var oldest) && oldest.IsDone)
        {
            Position = oldest.Record.Offset + 1;
            _slots.Dequeue();
        }
    }

    private sealed class ByteArrayComparer : IEqualityComparer<byte[]>
    {
        public static ByteArrayComparer Instance { get; } = new();

        public bool Equals(byte[]? x, byte[]? y) => x.AsSpan().SequenceEqual(y);

        public int GetHashCode(byte[] obj)
        {
            var hash = default(HashCode);
            hash.AddBytes(obj);
            return hash.ToHashCode();
        }
    }
}
