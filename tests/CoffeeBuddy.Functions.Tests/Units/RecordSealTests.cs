using System.Text;
using CoffeeBuddy.Functions.Events;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>Which records count: those that a worker wrote, for this topic and this key, unchanged.</summary>
public sealed class RecordSealTests
{
    private const string Old = "an old secret of this installation, 32+";
    private const string New = "the new secret of this installation, 32+";
    private const string Click = """{"response_url":"https://hooks.slack.com/actions/T1/1/abc"}""";

    private static readonly (string, byte[]?)[] Headers =
    [
        ("ce_id", "1"u8.ToArray()),
        ("ce_type", "slack.event"u8.ToArray()),
    ];

    [Fact]
    public void A_record_that_was_made_as_documented_is_read() =>
        Assert.Equal(Click, Text(TestSeal.With().Open(Good())));

    [Fact]
    public void What_the_worker_writes_is_read_by_a_worker_with_the_same_secret_only()
    {
        var record = Sealed(TestSeal.With(New), "slack.events");

        Assert.Equal(Click, Text(TestSeal.With(New).Open(record)));
        Refuses("a key that this worker does not know", record, TestSeal.With(Old));
    }

    [Fact]
    public void A_click_is_not_readable_on_the_topic()
    {
        var record = Sealed(TestSeal.With(), "slack.events");

        Assert.DoesNotContain("hooks.slack.com", Encoding.Latin1.GetString(record.Value!), StringComparison.Ordinal);
        Assert.Equal(Click, Text(Sealed(TestSeal.With(), "coffee.orders").Value!));
    }

    public static TheoryData<string> Changes =>
        [
            "topic",
            "key",
            "no key",
            "value",
            "no value",
            "another time",
            "another type before it",
            "another type behind it",
            "the type left out",
            "key and value shifted",
        ];

    [Theory]
    [MemberData(nameof(Changes))]
    public void A_record_that_was_moved_or_changed_is_refused(string change)
    {
        var record = Good();
        switch (change)
        {
            case "topic":
                record.Topic = "coffee.orders";
                break;
            case "key":
                record.Key = "T1:U2"u8.ToArray();
                break;
            case "no key":
                record.Key = null;
                break;
            case "value":
                record.Value![^1] ^= 1;
                break;
            case "no value":
                record.Value = null;
                break;
            case "another time":
                record.Headers[0].Value = "2"u8.ToArray();
                break;
            case "another type before it":
                record.Headers =
                [
                    new() { Key = "ce_type", Value = "slack.interaction"u8.ToArray() },
                    .. record.Headers,
                ];
                break;
            case "another type behind it":
                record.Headers =
                [
                    .. record.Headers,
                    new() { Key = "ce_type", Value = "slack.interaction"u8.ToArray() },
                ];
                break;
            case "the type left out":
                record.Headers = [.. record.Headers.Where(header => header.Key != "ce_type")];
                break;
            case "key and value shifted":
                record.Value = [.. record.Key![^1..], .. record.Value!];
                record.Key = record.Key[..^1];
                break;
        }

        Refuses("does not fit", record);
    }

    [Theory]
    [InlineData("")]
    [InlineData(":")]
    [InlineData("00000000:AAAA")]
    public void A_signature_that_names_no_known_key_is_refused(string mac) => Refuses("does not know", WithMac(mac));

    [Theory]
    [InlineData("")]
    [InlineData("AAAA")]
    [InlineData("no base64!")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    public void A_signature_of_another_value_is_refused(string mac)
    {
        var id = Text(Good().Headers[^1].Value!).Split(':')[0];

        Refuses("does not fit", WithMac($"{id}:{mac}"));
    }

    [Fact]
    public void A_record_without_a_signature_is_refused() =>
        Refuses("The record is not signed.", new() { Topic = "slack.events", Value = "{}"u8.ToArray() });

    [Fact]
    public void During_a_rotation_both_secrets_are_accepted_and_one_signs()
    {
        // Every worker gets the new secret as the accepted one first, then as its own.
        var (before, first, second, after) = (
            TestSeal.With(Old),
            TestSeal.With(Old, accepted: New),
            TestSeal.With(New, accepted: Old),
            TestSeal.With(New)
        );

        Assert.Equal(Click, Text(first.Open(Sealed(before, "slack.events"))));
        Assert.Equal(Click, Text(before.Open(Sealed(first, "slack.events"))));
        Assert.Equal(Click, Text(first.Open(Sealed(second, "slack.events"))));
        Assert.Equal(Click, Text(second.Open(Sealed(first, "slack.events"))));
        Assert.Equal(Click, Text(after.Open(Sealed(second, "slack.events"))));
        Refuses("does not know", Sealed(first, "slack.events"), after);
    }

    [Fact]
    public void Until_an_upgrade_is_over_records_without_a_signature_are_read_and_written_readably()
    {
        var now = DateTimeOffset.UtcNow;
        var (during, after) = (TestSeal.With(unsignedUntil: now.AddHours(1)), TestSeal.With(unsignedUntil: now));
        KafkaRecord unsigned = new() { Topic = "slack.events", Value = Encoding.UTF8.GetBytes(Click) };
        var written = Sealed(during, "slack.events");

        Assert.Equal(Click, Text(during.Open(unsigned)));
        Assert.Equal(Click, Text(written.Value!));
        Refuses("does not know", WithMac("00000000:AAAA"), during);

        Refuses("The record is not signed.", unsigned, after);
        Assert.Equal(Click, Text(after.Open(written)));
        Assert.NotEqual(Click, Text(Sealed(after, "slack.events").Value!));
    }

    private static KafkaRecord Good() => TestSeal.Record("slack.events", "T1:U1", Click, Headers);

    private static KafkaRecord WithMac(string mac)
    {
        var record = Good();
        record.Headers[^1].Value = Encoding.UTF8.GetBytes(mac);
        return record;
    }

    private static KafkaRecord Sealed(RecordSeal seal, string topic)
    {
        var message = new Message<string, byte[]>
        {
            Key = "T1:U1",
            Value = Encoding.UTF8.GetBytes(Click),
            Headers = [],
        };
        foreach (var (name, value) in Headers)
            message.Headers.Add(name, value);
        seal.Seal(topic, message);
        return new()
        {
            Topic = topic,
            Key = Encoding.UTF8.GetBytes(message.Key),
            Value = message.Value,
            Headers =
            [
                .. message.Headers.Select(header => new KafkaHeader
                {
                    Key = header.Key,
                    Value = header.GetValueBytes(),
                }),
            ],
        };
    }

    private static void Refuses(string reason, KafkaRecord record, RecordSeal? seal = null) =>
        Assert.Contains(
            reason,
            Assert.Throws<PermanentFailureException>(() => (seal ?? TestSeal.With()).Open(record)).Message,
            StringComparison.Ordinal
        );

    private static string Text(byte[] value) => Encoding.UTF8.GetString(value);
}
