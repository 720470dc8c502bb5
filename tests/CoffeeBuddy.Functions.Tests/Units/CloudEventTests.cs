using System.Text;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Tests;

public sealed class CloudEventTests
{
    private static readonly OutboxEvent Placed = new(
        7,
        Guid.Parse("01890000-0000-7000-8000-000000000001"),
        "coffee.orders",
        "the-run",
        "coffee.order.placed",
        """{"run_id":"01890000-0000-7000-8000-000000000002"}""",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        new DateTimeOffset(2026, 3, 2, 10, 30, 0, TimeSpan.FromHours(1)).AddTicks(1)
    );

    [Fact]
    public void An_event_is_a_CloudEvent_in_Kafkas_binary_mode()
    {
        var message = CloudEvent.ToMessage(Placed);

        Assert.Equal(("the-run", Placed.Data), (message.Key, Encoding.UTF8.GetString(message.Value)));
        Assert.Equal(
            [
                "ce_specversion=1.0",
                "ce_id=01890000-0000-7000-8000-000000000001",
                "ce_source=/coffeebuddy",
                "ce_type=coffee.order.placed",
                "ce_time=2026-03-02T09:30:00.0000001Z",
                "content-type=application/json",
                "ce_traceparent=00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            ],
            message.Headers.Select(header => $"{header.Key}={Encoding.UTF8.GetString(header.GetValueBytes())}")
        );
    }

    [Fact]
    public void An_event_without_a_request_has_no_trace() =>
        Assert.DoesNotContain(
            CloudEvent.ToMessage(Placed with { TraceParent = null }).Headers,
            header => header.Key == "ce_traceparent"
        );

    [Fact]
    public void The_type_of_a_record_is_read_and_missing_when_it_is_no_CloudEvent()
    {
        var headers = CloudEvent
            .ToMessage(Placed)
            .Headers.Select(header => new KafkaHeader { Key = header.Key, Value = header.GetValueBytes() });

        Assert.Equal("coffee.order.placed", CloudEvent.TypeOf(new KafkaRecord { Headers = [.. headers] }));
        Assert.Null(CloudEvent.TypeOf(new KafkaRecord()));
    }
}
