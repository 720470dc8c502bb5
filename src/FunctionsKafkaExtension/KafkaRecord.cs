using System.Text;

namespace Microsoft.Azure.Functions.Worker;

/// <summary>One record of a topic, with key and value as bytes.</summary>
public class KafkaRecord
{
    /// <summary>The record's topic.</summary>
    public string Topic { get; set; } = "";

    /// <summary>The record's partition.</summary>
    public int Partition { get; set; }

    /// <summary>The record's offset in its partition.</summary>
    public long Offset { get; set; }

    /// <summary>Null for a record without a key.</summary>
    public byte[]? Key { get; set; }

    /// <summary>Null for a tombstone.</summary>
    public byte[]? Value { get; set; }

    /// <summary>Null when the broker gave none.</summary>
    public KafkaTimestamp? Timestamp { get; set; }

    /// <summary>In the order they were produced.</summary>
    public KafkaHeader[] Headers { get; set; } = [];
}

/// <summary>When a record was created or stored.</summary>
public class KafkaTimestamp
{
    /// <summary>Milliseconds since 1970-01-01 UTC.</summary>
    public long UnixTimestampMs { get; set; }

    /// <summary>Which of the two times it is.</summary>
    public KafkaTimestampType Type { get; set; }

    /// <summary>The same instant, UTC.</summary>
    public DateTimeOffset DateTimeOffset => DateTimeOffset.FromUnixTimeMilliseconds(UnixTimestampMs);
}

/// <summary>A header of a record. Several headers may have the same key.</summary>
public class KafkaHeader
{
    /// <summary>The header's name.</summary>
    public string Key { get; set; } = "";

    /// <summary>Null when the header has no value.</summary>
    public byte[]? Value { get; set; }

    /// <summary>The value read as UTF-8; null when there is none.</summary>
    public string? GetValueAsString() => Value is null ? null : Encoding.UTF8.GetString(Value);
}
