using System.Text;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Seals with the sandbox's secret, and records that were written with it.</summary>
internal static class TestSeal
{
    public static RecordSeal With(
        string secret = SandboxOptions.RecordKey,
        string? accepted = null,
        DateTimeOffset? unsignedUntil = null
    ) =>
        new(
            new KafkaOptions
            {
                RecordKey = secret,
                AcceptedRecordKey = accepted,
                UnsignedUntil = unsignedUntil,
            },
            TimeProvider.System
        );

    public static KafkaRecord Record(
        string topic,
        string key,
        string value,
        IReadOnlyList<(string Name, byte[]? Value)> headers,
        string? secret = null
    )
    {
        var sealedRecord = SealedRecord.Seal(
            topic,
            Encoding.UTF8.GetBytes(key),
            Encoding.UTF8.GetBytes(value),
            headers,
            secret
        );
        return new()
        {
            Topic = topic,
            Key = sealedRecord.Key,
            Value = sealedRecord.Value,
            Headers =
            [
                .. sealedRecord.Headers.Select(header => new KafkaHeader { Key = header.Name, Value = header.Value }),
            ],
        };
    }
}
