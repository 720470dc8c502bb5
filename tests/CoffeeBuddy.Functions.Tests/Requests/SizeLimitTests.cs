using System.Text;
using System.Text.Json.Nodes;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Hosting;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>What a request may contain fits into a Kafka record: nothing is accepted that can never be published.</summary>
public sealed class SizeLimitTests(ApiOffice office)
{
    /// <summary>Kafka's default of message.max.bytes.</summary>
    private const int BrokerLimit = 1_048_588;

    private readonly string _channel = ApiOffice.NewChannel();

    [Fact]
    public void A_body_is_smaller_than_a_record_and_a_record_than_what_brokers_accept()
    {
        Assert.InRange(RequestBody.MaxBytes, 1, KafkaOptions.MaxRecordBytes - 16_384);
        Assert.InRange(KafkaOptions.MaxRecordBytes, 1, BrokerLimit - 1);
    }

    [Theory]
    [InlineData("a")]
    [InlineData("<")]
    [InlineData("ü")]
    [InlineData("咖")]
    public async Task The_largest_event_that_is_accepted_is_published(string filler)
    {
        var mention = Mention(RequestBody.MaxBytes, filler);

        (await office.Slack.EventAsync(mention)).Is(200);

        var record = Assert.Single(
            await office.Topics.ReadAsync("slack.events", $"T0SIM00001:help:{_channel}", expected: 1)
        );
        Assert.Equal(
            (string?)JsonNode.Parse(mention)!["event"]!["text"],
            (string?)JsonNode.Parse(record.Text)!["event"]!["text"]
        );
    }

    [Fact]
    public async Task An_event_that_grows_beyond_a_record_is_refused_and_not_stored()
    {
        // Four bytes in the body, twelve in the record.
        var mention = Mention(RequestBody.MaxBytes, "😀");

        (await office.RefusesAsync("SlackEvents", 413, () => office.Slack.EventAsync(mention))).IsProblem(
            413,
            "The body is too large."
        );

        Assert.Equal(
            0,
            await office.Rows.CountAsync("outbox WHERE message_key = @key", new { key = $"T0SIM00001:help:{_channel}" })
        );
    }

    /// <summary>A mention of this many bytes at most.</summary>
    private string Mention(int bytes, string filler)
    {
        var head =
            $$"""{"type":"event_callback","team_id":"T0SIM00001","event_id":"Ev{{_channel}}","event":{"type":"app_mention","user":"U1","channel":"{{_channel}}","ts":"1.2","text":"help """;
        const string Tail = "\"}}";
        var room = bytes - Encoding.UTF8.GetByteCount(head + Tail);
        return head + string.Concat(Enumerable.Repeat(filler, room / Encoding.UTF8.GetByteCount(filler))) + Tail;
    }
}
