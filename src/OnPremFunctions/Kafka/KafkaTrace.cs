using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>The trace context in a record's headers, plain or as a CloudEvents extension attribute.</summary>
internal static class KafkaTrace
{
    /// <summary>A batch carries on the trace of its first record.</summary>
    public static W3CTrace Of(IReadOnlyList<KafkaRecord> records)
    {
        var headers = records[0].Headers;
        return Find(headers, "traceparent") is { } parent ? new W3CTrace(parent, Find(headers, "tracestate")) : W3CTrace.None;
    }

    private static string? Find(KafkaHeader[] headers, string name)
        => (Array.Find(headers, header => header.Key == name) ?? Array.Find(headers, header => header.Key == $"ce_{name}"))?.GetValueAsString();
}
