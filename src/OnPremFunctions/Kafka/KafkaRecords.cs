using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace OnPremFunctions.Kafka;

internal static class KafkaRecords
{
    public static KafkaRecord From(ConsumeResult<byte[]?, byte[]?> result) =>
        new()
        {
            Topic = result.Topic,
            Partition = result.Partition.Value,
            Offset = result.Offset.Value,
            Key = result.Message.Key ?? [],
            Value = result.Message.Value ?? [],
            Timestamp = new KafkaTimestamp
            {
                UnixTimestampMs = result.Message.Timestamp.UnixTimestampMs,
                Type = (KafkaTimestampType)(int)result.Message.Timestamp.Type,
            },
            Headers =
            [
                .. (result.Message.Headers ?? []).Select(static header => new KafkaHeader
                {
                    Key = header.Key,
                    Value = header.GetValueBytes() ?? [],
                }),
            ],
        };
}
