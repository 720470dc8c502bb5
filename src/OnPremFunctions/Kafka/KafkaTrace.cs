using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>The trace context in a record's headers, plain or as a CloudEvents extension attribute.</summary>
internal static class KafkaTrace
{
    /// <summary>A batch carries on the trace of its first record.</summary>
    public static W3CTrace Of(IReadOnlyList<RecordSlot> records)
    {
        var headers = records[0].Record.Headers;
        return Find(headers, "traceparent") is { } parent
            ? new W3CTrace(parent, Find(headers, "tracestate"))
            : W3CTrace.None;
    }

    /// <summary>Gives log lines the trace until it is disposed of; null where there is none. No span: those are the invocations'.</summary>
    public static Activity? Resume(W3CTrace trace) =>
        ActivityContext.TryParse(trace.TraceParent, trace.TraceState, isRemote: true, out var remote)
            ? new Activity("record").SetParentId(remote.TraceId, remote.SpanId, remote.TraceFlags).Start()
            : null;

    private static string? Find(KafkaHeader[] headers, string name) =>
        (
            Array.Find(headers, header => header.Key == name)
            ?? Array.Find(headers, header => header.Key == $"ce_{name}")
        )?.GetValueAsString();
}
