using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core.Events;
using CoffeeBuddy.Data.Outbox;
using CoffeeBuddy.Functions.Events;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Triggers.Kafka;

/// <summary>An event of a run, read from Kafka.</summary>
public sealed record RunEvent(string Type, EventData Data);

/// <summary>Reads a batch of records and handles it run by run; shared by the functions of the run topics.</summary>
public sealed class RunEvents(RecordSeal seal)
{
    private const int Parallelism = 8;

    /// <summary>
    /// Handles a batch run by run, several in parallel. When one run fails, the others are handled nevertheless; then
    /// the batch fails, and the handlers are called again for all of its runs.
    /// </summary>
    public async Task ForEachRunAsync(
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
            new ParallelOptions { MaxDegreeOfParallelism = Parallelism, CancellationToken = cancellationToken },
            async (run, token) =>
            {
                // Log lines carry the trace of the request that caused the run's last event, not that of the batch.
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
        Steps.ThrowIfAny(failures);
    }

    private static Activity? StartActivity(string? traceParent)
    {
        if (!ActivityContext.TryParse(traceParent, null, isRemote: true, out var cause))
            return null;
        var activity = new Activity("run");
        activity.SetParentId(cause.TraceId, cause.SpanId, cause.TraceFlags);
        return activity.Start();
    }

    private RunEvent Read(KafkaRecord record)
    {
        var value = seal.Open(record);
        var type =
            CloudEvent.TypeOf(record)
            ?? throw new PermanentFailureException("The record is not a CloudEvent: it has no ce_type.");
        // Possibly from a newer version: the record can be replayed from the dead letters after an upgrade.
        if (!EventTypes.IsOfRun(type))
            throw new PermanentFailureException($"Events of type {type} are not known.");
        try
        {
            var data = EventData.Parse(Encoding.UTF8.GetString(value));
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
