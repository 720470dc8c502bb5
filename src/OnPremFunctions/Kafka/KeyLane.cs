using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

/// <summary>A record of a window.</summary>
internal sealed class RecordSlot(KafkaRecord record)
{
    public KafkaRecord Record => record;

    /// <summary>Its function returned, or it was dead-lettered.</summary>
    public bool IsDone { get; set; }
}

/// <summary>The records of one key, in order. At most one piece of work holds the lane.</summary>
/// <param name="key">Null for a record without a key, which has a lane of its own.</param>
internal sealed class KeyLane(PartitionWindow window, byte[]? key)
{
    public PartitionWindow Window => window;

    public byte[]? Key => key;

    public Queue<RecordSlot> Waiting { get; } = new();

    public bool IsBusy { get; set; }
}
