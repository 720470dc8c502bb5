using System.Text;
using Confluent.Kafka;
using Google.Protobuf;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Converters;
using Microsoft.Azure.Functions.Worker.Core;
using Microsoft.Azure.Functions.Worker.Extensions.Kafka;
using Moq;
using OnPremFunctions.Kafka;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Kafka;

public sealed class KafkaRecordTests : KafkaTest
{
    [Fact]
    public async Task Key_value_and_header_value_that_are_absent_are_null()
    {
        await using var host = await StartAsync(KafkaFunctions.Raw);

        await ProduceAsync(new Message<string?, string?> { Headers = new Headers { { "empty", null } } });
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function is called");

        var record = Inbox.Calls.Single().Records[0];
        Assert.Null(record.Key);
        Assert.Null(record.Value);
        Assert.Null(Assert.Single(record.Headers).Value);
        Assert.Null(record.Headers[0].GetValueAsString());
        Assert.Equal(Microsoft.Azure.Functions.Worker.KafkaTimestampType.CreateTime, record.Timestamp!.Type);
    }

    [Fact]
    public async Task An_empty_key_and_value_are_not_null()
    {
        await using var host = await StartAsync(KafkaFunctions.Raw);

        await ProduceAsync(("", ""));
        await Eventually.TrueAsync(() => Inbox.Calls.Count == 1, "the function is called");

        var record = Inbox.Calls.Single().Records[0];
        Assert.Empty(record.Key!);
        Assert.Empty(record.Value!);
    }

    [Fact]
    public void A_timestamp_that_is_absent_is_null()
    {
        var consumed = new ConsumeResult<byte[]?, byte[]?>
        {
            TopicPartitionOffset = new("topic", 0, 1),
            Message = new Message<byte[]?, byte[]?> { Timestamp = Timestamp.Default },
        };

        Assert.Null(KafkaRecords.From(consumed).Timestamp);
    }

    [Fact]
    public async Task A_record_of_the_Azure_Functions_host_is_read_with_all_its_fields()
    {
        var result = await ConvertAsync(Data(Encode("orders", key: "k", value: "v")));

        Assert.Equal(ConversionStatus.Succeeded, result.Status);
        var record = Assert.IsType<KafkaRecord>(result.Value);
        Assert.Equal(("orders", 3, 42L), (record.Topic, record.Partition, record.Offset));
        Assert.Equal(Bytes("k"), record.Key);
        Assert.Equal(Bytes("v"), record.Value);
        Assert.Equal(1_700_000_000_123, record.Timestamp!.UnixTimestampMs);
        Assert.Equal(Microsoft.Azure.Functions.Worker.KafkaTimestampType.LogAppendTime, record.Timestamp.Type);
        Assert.Equal(["one", null], record.Headers.Select(static header => header.GetValueAsString()));
    }

    [Fact]
    public async Task A_record_of_the_Azure_Functions_host_without_key_and_value_has_nulls()
    {
        var result = await ConvertAsync(Data(Encode("orders", key: null, value: null)));

        var record = Assert.IsType<KafkaRecord>(result.Value);
        Assert.Null(record.Key);
        Assert.Null(record.Value);
    }

    [Fact]
    public async Task A_batch_of_the_Azure_Functions_host_is_an_array()
    {
        var batch = new Mock<CollectionModelBindingData>();
        batch
            .Setup(static it => it.ModelBindingData)
            .Returns([Data(Encode("first", "k", "v")), Data(Encode("second", "k", "v"))]);

        var result = await ConvertAsync(batch.Object);

        Assert.Equal(
            ["first", "second"],
            Assert.IsType<KafkaRecord[]>(result.Value).Select(static record => record.Topic)
        );
    }

    [Theory]
    [InlineData("AzureStorageBlobs", "application/x-protobuf", "The binding source is \"AzureStorageBlobs\"")]
    [InlineData("AzureKafkaRecord", "application/json", "The content type is \"application/json\"")]
    public async Task Binding_data_of_another_kind_is_refused(string source, string contentType, string reason)
    {
        var result = await ConvertAsync(Data(Encode("orders", "k", "v"), source, contentType));

        Assert.Equal(ConversionStatus.Failed, result.Status);
        Assert.StartsWith(reason, result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_message_is_refused_at_every_length()
    {
        var message = Encode("orders", "k", "v");
        var record = (KafkaRecord)(await ConvertAsync(Data(message))).Value!;
        Assert.NotEmpty(record.Headers);

        for (var length = 0; length < message.Length; length++)
        {
            var result = await ConvertAsync(Data(message[..length]));
            // A cut between two fields is a valid shorter message.
            if (result.Status != ConversionStatus.Succeeded)
                Assert.IsType<InvalidDataException>(result.Error);
        }
    }

    [Fact]
    public async Task A_source_that_is_not_binding_data_is_left_to_other_converters() =>
        Assert.Equal(ConversionStatus.Unhandled, (await ConvertAsync("text")).Status);

    private static ValueTask<ConversionResult> ConvertAsync(object source)
    {
        var context = new Mock<ConverterContext>();
        context.Setup(static it => it.Source).Returns(source);
        return new KafkaRecordConverter().ConvertAsync(context.Object);
    }

    private static ModelBindingData Data(
        byte[] message,
        string source = "AzureKafkaRecord",
        string contentType = "application/x-protobuf"
    )
    {
        var data = new Mock<ModelBindingData>();
        data.Setup(static it => it.Version).Returns("1.0");
        data.Setup(static it => it.Source).Returns(source);
        data.Setup(static it => it.ContentType).Returns(contentType);
        data.Setup(static it => it.Content).Returns(BinaryData.FromBytes(message));
        return data.Object;
    }

    /// <summary>
    /// Encoded by Google's library, so that the reader is not tested against itself. Field 8 is the leader epoch.
    /// </summary>
    private static byte[] Encode(string topic, string? key, string? value)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            Write(output, 1, topic);
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteInt32(3);
            output.WriteTag(3, WireFormat.WireType.Varint);
            output.WriteInt64(42);
            if (key is not null)
                Write(output, 4, key);
            if (value is not null)
                Write(output, 5, value);
            Write(output, 6, EncodeTimestamp());
            Write(output, 7, EncodeHeader("first", "one"));
            Write(output, 7, EncodeHeader("second", value: null));
            output.WriteTag(8, WireFormat.WireType.Varint);
            output.WriteInt32(5);
        }

        return stream.ToArray();
    }

    private static ByteString EncodeTimestamp()
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            output.WriteTag(1, WireFormat.WireType.Varint);
            output.WriteInt64(1_700_000_000_123);
            output.WriteTag(2, WireFormat.WireType.Varint);
            output.WriteInt32(2);
        }

        return ByteString.CopyFrom(stream.ToArray());
    }

    private static ByteString EncodeHeader(string key, string? value)
    {
        using var stream = new MemoryStream();
        using (var output = new CodedOutputStream(stream, leaveOpen: true))
        {
            Write(output, 1, key);
            if (value is not null)
                Write(output, 2, value);
        }

        return ByteString.CopyFrom(stream.ToArray());
    }

    private static void Write(CodedOutputStream output, int field, string text) =>
        Write(output, field, ByteString.CopyFrom(Encoding.UTF8.GetBytes(text)));

    private static void Write(CodedOutputStream output, int field, ByteString bytes)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(bytes);
    }
}
