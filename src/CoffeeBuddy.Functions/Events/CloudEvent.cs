using System.Globalization;
using System.Text;
using CoffeeBuddy.Data.Outbox;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// CloudEvents 1.0 in Kafka's binary mode: attributes in <c>ce_*</c> headers, JSON data in the value.
/// </summary>
public static class CloudEvent
{
    public const string Source = "/coffeebuddy";

    /// <summary>
    /// The record for an outbox row. The CloudEvent's id is the event id, equal for every delivery of the event.
    /// </summary>
    public static Message<string, byte[]> ToMessage(OutboxEvent outboxEvent)
    {
        var headers = new Headers();
        void Add(string name, string value) => headers.Add(name, Encoding.UTF8.GetBytes(value));
        Add("ce_specversion", "1.0");
        Add("ce_id", outboxEvent.EventId.ToString());
        Add("ce_source", Source);
        Add("ce_type", outboxEvent.EventType);
        Add("ce_time", outboxEvent.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'"));
        Add("content-type", "application/json");
        if (outboxEvent.TraceParent is not null)
            Add("ce_traceparent", outboxEvent.TraceParent);
        return new()
        {
            Key = outboxEvent.Key,
            Value = Encoding.UTF8.GetBytes(outboxEvent.Data),
            Headers = headers,
        };
    }

    /// <summary>The CloudEvent's type; null when the record is not a CloudEvent.</summary>
    public static string? TypeOf(KafkaRecord record) => Header(record, "ce_type");

    /// <summary>When the event was created; null without a readable ce_time.</summary>
    public static DateTimeOffset? TimeOf(KafkaRecord record) =>
        DateTimeOffset.TryParse(
            Header(record, "ce_time"),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    public static string? Header(KafkaRecord record, string name)
    {
        foreach (var header in record.Headers)
        {
            if (header.Key == name)
                return header.GetValueAsString();
        }

        return null;
    }
}
