using System.Diagnostics;
using FunctionsHost.Conformance.Rpc;
using Google.Protobuf;
using Microsoft.AspNetCore.Routing;

namespace FunctionsHost.Conformance.Host;

/// <summary>
/// Requests to invoke a function, with the data in the form that Microsoft's host gives to .NET workers.
/// </summary>
public static class Invocations
{
    /// <summary>
    /// The request itself goes to the worker's own HTTP endpoint, with the invocation's id in a header.
    /// </summary>
    /// <param name="route">The values of the route's parameters, which the function's parameters take.</param>
    public static InvocationRequest Http(LoadedFunction function, RouteValueDictionary route)
    {
        var request = Of(function, new TypedData { Http = new RpcHttp() });
        foreach (var (name, value) in route)
            request.TriggerMetadata.Add(name, new TypedData { String = value?.ToString() ?? "" });
        return request;
    }

    public static InvocationRequest Timer(LoadedFunction function, bool isPastDue = false) =>
        Of(
            function,
            new TypedData
            {
                Json = $$"""
                {"Schedule":{"AdjustForDST":true},"ScheduleStatus":null,"IsPastDue":{{(isPastDue ? "true" : "false")}}}
                """,
            }
        );

    /// <summary>One record, or a batch for a function that takes several.</summary>
    public static InvocationRequest Kafka(LoadedFunction function, params IReadOnlyList<KafkaRecordProto> records)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!function.IsBatch)
            return Of(function, new TypedData { ModelBindingData = BindingOf(records.Single()) });
        var batch = new CollectionModelBindingData();
        batch.ModelBindingData.AddRange(records.Select(BindingOf));
        return Of(function, new TypedData { CollectionModelBindingData = batch });
    }

    /// <summary>The same again after a failure, with a new invocation id.</summary>
    /// <param name="count">How often it is tried again by now; 1 at first.</param>
    public static InvocationRequest Retry(this InvocationRequest request, LoadedFunction function, int count)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(function);
        var again = request.Clone();
        again.InvocationId = Guid.NewGuid().ToString();
        again.RetryContext = new RetryContext
        {
            RetryCount = count,
            MaxRetryCount = function.Retry?.MaxRetryCount ?? 0,
        };
        return again;
    }

    private static InvocationRequest Of(LoadedFunction function, TypedData data)
    {
        ArgumentNullException.ThrowIfNull(function);
        var trace = ActivityContext.TryParse(Activity.Current?.Id, traceState: null, out var current)
            ? current
            : new(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        return new InvocationRequest
        {
            InvocationId = Guid.NewGuid().ToString(),
            FunctionId = function.Id,
            InputData =
            {
                new ParameterBinding { Name = function.Parameter, Data = data },
            },
            TraceContext = new() { TraceParent = $"00-{trace.TraceId}-{trace.SpanId}-00" },
        };
    }

    private static ModelBindingData BindingOf(KafkaRecordProto record) =>
        new()
        {
            Version = "1.0",
            Source = "AzureKafkaRecord",
            ContentType = "application/x-protobuf",
            Content = record.ToByteString(),
        };
}
