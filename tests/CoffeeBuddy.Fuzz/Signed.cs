using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Triggers.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Fuzz;

/// <summary>Records with a valid signature: others are refused before their contents are read.</summary>
internal static class Signed
{
    public static RunEvents RunEvents { get; } =
        new(new RecordSeal(new KafkaOptions { RecordKey = SandboxOptions.RecordKey }, TimeProvider.System));

    public static KafkaRecord Record(
        string topic,
        byte[]? key,
        byte[] value,
        IReadOnlyList<(string Name, byte[]? Value)> headers
    )
    {
        var signed = SealedRecord.Seal(topic, key, value, headers);
        return new()
        {
            Topic = topic,
            Key = signed.Key,
            Value = signed.Value,
            Headers = [.. signed.Headers.Select(header => new KafkaHeader { Key = header.Name, Value = header.Value })],
        };
    }
}
