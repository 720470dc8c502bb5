using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>The records of one partition from the oldest that is not done to the newest fetched.</summary>
internal sealed class PartitionWindow(TopicPartition partition, int limit)
{
    private readonly Queue<RecordSlot> _slots = new();

    public TopicPartition Partition => partition;

    /// <summary>The lanes of this partition's keys that have records, by key.</summary>
    public Dictionary<byte[], KeyLane> Lanes { get; } = new(ByteArrayComparer.Instance);

    /// <summary>The oldest record not done, to be committed; null before the first record.</summary>
    public long? Position { get; private set; }

    /// <summary>What <see cref="Position"/> was when it was last stored for commit.</summary>
    public long? Stored { get; set; }

    public bool IsPaused { get; set; }

    /// <summary>The partition is being given away: what runs may end, nothing else begins.</summary>
    public bool IsClosing { get; set; }

    public bool IsFull => _slots.Count >= limit;

    public bool HasRoom => _slots.Count <= limit / 2;

    public void Add(RecordSlot slot)
    {
        Position ??= slot.Record.Offset;
        _slots.Enqueue(slot);
    }

    /// <summary>Moves past all that is done at the old end. What is done behind a record that is not stays.</summary>
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
