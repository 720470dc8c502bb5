using System.Diagnostics;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>
/// The trace context in a record's headers: <c>traceparent</c>, or <c>ce_traceparent</c> of CloudEvents.
/// </summary>
internal static class KafkaTrace
{
    /// <summary>A batch has the trace of its first record.</summary>
    public static W3CTrace Of(IReadOnlyList<RecordSlot> records)
    {
        var headers = records[0].Record.Headers;
        return Find(headers, "traceparent") is { } parent
            ? new W3CTrace(parent, Find(headers, "tracestate"))
            : W3CTrace.None;
    }

    /// <summary>
    /// Gives log lines the trace id until it is disposed; null without a trace. Only invocations are spans.
    /// </summary>
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
