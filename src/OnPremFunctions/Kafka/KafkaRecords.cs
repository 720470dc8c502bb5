using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Maps consumed records to those that functions get. What is absent is null, as on Microsoft's host.
/// </summary>
internal static class KafkaRecords
{
    public static KafkaRecord From(ConsumeResult<byte[]?, byte[]?> result) =>
        new()
        {
            Topic = result.Topic,
            Partition = result.Partition.Value,
            Offset = result.Offset.Value,
            Key = result.Message.Key,
            Value = result.Message.Value,
            Timestamp = From(result.Message.Timestamp),
            Headers =
            [
                .. (result.Message.Headers ?? []).Select(static header => new KafkaHeader
                {
                    Key = header.Key,
                    Value = header.GetValueBytes(),
                }),
            ],
        };

    private static KafkaTimestamp? From(Timestamp timestamp) =>
        timestamp.Type == TimestampType.NotAvailable
            ? null
            : new KafkaTimestamp
            {
                UnixTimestampMs = timestamp.UnixTimestampMs,
                Type = (KafkaTimestampType)(int)timestamp.Type,
            };
}
