namespace Microsoft.Azure.Functions.Worker.Extensions.Kafka;

/// <summary>
/// The message <c>azure.functions.kafka.KafkaRecordProto</c>: topic 1, partition 2, offset 3, key 4, value 5, timestamp
/// 6 (milliseconds 1, type 2), headers 7 (key 1, value 2), leader epoch 8.
/// </summary>
/// <remarks>Source: <c>KafkaRecordProto.proto</c> in Azure/azure-functions-kafka-extension.</remarks>
internal static class KafkaRecordMessage
{
    /// <exception cref="InvalidDataException">The message is malformed.</exception>
    public static KafkaRecord Read(ReadOnlySpan<byte> message)
    {
        var record = new KafkaRecord();
        List<KafkaHeader> headers = [];
        var reader = new ProtobufReader(message);
        while (reader.NextField() is > 0 and var field)
        {
            switch (field)
            {
                case 1:
                    record.Topic = reader.Text();
                    break;
                case 2:
                    record.Partition = reader.Int32();
                    break;
                case 3:
                    record.Offset = reader.Int64();
                    break;
                case 4:
                    record.Key = reader.Bytes().ToArray();
                    break;
                case 5:
                    record.Value = reader.Bytes().ToArray();
                    break;
                case 6:
                    record.Timestamp = ReadTimestamp(reader.Bytes());
                    break;
                case 7:
                    headers.Add(ReadHeader(reader.Bytes()));
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        record.Headers = [.. headers];
        return record;
    }

    private static KafkaTimestamp ReadTimestamp(ReadOnlySpan<byte> message)
    {
        var timestamp = new KafkaTimestamp();
        var reader = new ProtobufReader(message);
        while (reader.NextField() is > 0 and var field)
        {
            switch (field)
            {
                case 1:
                    timestamp.UnixTimestampMs = reader.Int64();
                    break;
                case 2:
                    timestamp.Type = (KafkaTimestampType)reader.Int32();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return timestamp;
    }

    private static KafkaHeader ReadHeader(ReadOnlySpan<byte> message)
    {
        var header = new KafkaHeader();
        var reader = new ProtobufReader(message);
        while (reader.NextField() is > 0 and var field)
        {
            switch (field)
            {
                case 1:
                    header.Key = reader.Text();
                    break;
                case 2:
                    header.Value = reader.Bytes().ToArray();
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return header;
    }
}
