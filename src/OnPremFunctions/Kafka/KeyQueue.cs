using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

/// <summary>A record in a window.</summary>
internal sealed class RecordSlot(KafkaRecord record)
{
    public KafkaRecord Record => record;

    /// <summary>True when its function has returned or it was dead-lettered.</summary>
    public bool IsDone { get; set; }
}

/// <summary>The records of one key, in order. Only one work item at a time has records of a queue.</summary>
/// <param name="key">Null for a record without a key: it has a queue for itself.</param>
internal sealed class KeyQueue(PartitionWindow window, byte[]? key)
{
    public PartitionWindow Window => window;

    public byte[]? Key => key;

    public Queue<RecordSlot> Waiting { get; } = new();

    /// <summary>True while a work item has records of this key.</summary>
    public bool IsBusy { get; set; }
}
