using System.Text;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>One record of a topic, as it was stored. A null key or value is an empty array here.</summary>
public sealed class KafkaRecord
{
    public string Topic { get; set; } = "";

    public int Partition { get; set; }

    public long Offset { get; set; }

    public byte[] Key { get; set; } = [];

    public byte[] Value { get; set; } = [];

    public KafkaTimestamp Timestamp { get; set; } = new();

    public KafkaHeader[] Headers { get; set; } = [];
}

public sealed class KafkaTimestamp
{
    public long UnixTimestampMs { get; set; }

    public KafkaTimestampType Type { get; set; }

    public DateTimeOffset DateTimeOffset => DateTimeOffset.FromUnixTimeMilliseconds(UnixTimestampMs);
}

public enum KafkaTimestampType
{
    NotAvailable = 0,
    CreateTime = 1,
    LogAppendTime = 2,
}

public sealed class KafkaHeader
{
    public string Key { get; set; } = "";

    public byte[] Value { get; set; } = [];

    /// <summary>The value read as UTF-8.</summary>
    public string GetValueAsString() => Encoding.UTF8.GetString(Value);
}
