using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core;
using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Kafka;

/// <summary>One event of a run, as it came from Kafka.</summary>
public sealed record RunEvent(string Type, EventData Data);

/// <summary>What the functions behind the run topics share: reading a batch and handling it run by run.</summary>
public static class RunEvents
{
    private const int AtOnce = 8;

    private static readonly string[] Known =
    [
        EventTypes.RunCreated,
        EventTypes.OrderPlaced,
        EventTypes.OrderWithdrawn,
        EventTypes.RunnerAssigned,
        EventTypes.ReminderDue,
        EventTypes.RunCompleted,
        EventTypes.RunCancelled,
    ];

    /// <summary>
    /// Handles a batch run by run, some at a time. One run's trouble does not keep the others from being handled; in the
    /// end it fails the batch, and those that were done find nothing left to do when they come again.
    /// </summary>
    public static async Task ForEachRunAsync(
        KafkaRecord[] records,
        Func<Guid, IReadOnlyList<RunEvent>, CancellationToken, Task> handle,
        CancellationToken cancellationToken
    )
    {
        var failures = new ConcurrentQueue<Exception>();
        var runs = records
            .Select(record => (Record: record, Event: Read(record)))
            .GroupBy(item => item.Event.Data.RunId)
            .ToList();
        await Parallel.ForEachAsync(
            runs,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (run, token) =>
            {
                // The run's log lines carry the trace of the request that began it, not the batch's.
                using var activity = StartActivity(CloudEvent.Header(run.Last().Record, "ce_traceparent"));
                try
                {
                    await handle(run.Key, [.. run.Select(item => item.Event)], token);
                }
                catch (Exception exception) when (exception is not OperationCanceledException)
                {
                    failures.Enqueue(exception);
                }
            }
        );
        if (failures.Count == 1)
            ExceptionDispatchInfo.Throw(failures.Single());
        if (!failures.IsEmpty)
            throw new AggregateException(failures);
    }

    private static Activity? StartActivity(string? traceParent)
    {
        if (!ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause))
            return null;
        var activity = new Activity("run");
        activity.SetParentId(cause.TraceId, cause.SpanId, cause.TraceFlags);
        return activity.Start();
    }

    private static RunEvent Read(KafkaRecord record)
    {
        var type =
            CloudEvent.TypeOf(record)
            ?? throw new PermanentFailureException("The record is not a CloudEvent: it has no ce_type.");
        // Of a newer version, perhaps: it can be replayed from the dead letters once this one knows it.
        if (!Known.Contains(type))
            throw new PermanentFailureException($"Nothing is known of events of type {type}.");
        try
        {
            var data = EventData.Parse(Encoding.UTF8.GetString(record.Value ?? []));
            return data.RunId == Guid.Empty
                ? throw new PermanentFailureException($"The data of {type} names no run.")
                : new(type, data);
        }
        catch (JsonException exception)
        {
            throw new PermanentFailureException($"The data of {type} cannot be read.", exception);
        }
    }
}
