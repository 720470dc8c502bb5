using System.Diagnostics;
using System.Text;
using System.Text.Json;
using CoffeeBuddy.Core;
using CoffeeBuddy.Data;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Messages;
using CoffeeBuddy.Slack;
using Microsoft.Azure.Functions.Worker;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Kafka;

/// <summary>One event of a run, as it came from Kafka.</summary>
public sealed record RunEvent(string Type, EventData Data);

/// <summary>What the functions behind the run topics share: reading a batch, and what a failure means for its records.</summary>
public static class RunEvents
{
    private static readonly string[] Known =
    [
        EventTypes.RunCreated, EventTypes.OrderPlaced, EventTypes.OrderWithdrawn, EventTypes.RunnerAssigned,
        EventTypes.ReminderDue, EventTypes.RunCompleted, EventTypes.RunCancelled,
    ];

    /// <summary>
    /// Handles a batch run by run. One run's trouble does not keep the others from being handled; in the end it fails the
    /// batch, and those that were done find nothing left to do when they come again.
    /// </summary>
    public static async Task ForEachRunAsync(KafkaRecord[] records, Func<Guid, IReadOnlyList<RunEvent>, Task> handle)
    {
        var failures = new List<Exception>();
        foreach (var group in records.Select(record => (Record: record, Event: Read(record))).GroupBy(item => item.Event.Data.RunId))
        {
            // The run's log lines carry the trace of the request that began it, not the batch's.
            using var activity = StartActivity(CloudEvent.Header(group.Last().Record, "ce_traceparent"));
            try
            {
                await handle(group.Key, [.. group.Select(item => item.Event)]);
            }
            catch (Exception exception) when (exception is SlackApiException or MessageBusyException)
            {
                failures.Add(exception);
            }
        }

        if (failures.Count > 0)
            throw AsRetry(failures);
    }

    /// <summary>Says to the host what a failed call of Slack means for the record: wait as Slack said, try again, or never.</summary>
    public static Exception AsRetry(IReadOnlyCollection<Exception> failures)
    {
        var waits = failures.Select(failure => failure switch
        {
            SlackApiException { Kind: SlackErrorKind.RateLimited or SlackErrorKind.Retry, RetryAfter: { } retryAfter } => retryAfter,
            MessageBusyException => TimeSpan.FromMilliseconds(500),
            _ => (TimeSpan?)null,
        }).ToList();
        var first = failures.First();
        if (waits.All(wait => wait is not null))
            return new RetryAfterException(waits.Max()!.Value, first.Message, first);
        return failures.All(failure => failure is SlackApiException { Kind: SlackErrorKind.Authentication or SlackErrorKind.Permanent })
            ? new PermanentFailureException(first.Message, first)
            : failures.Count == 1 ? first : new AggregateException(failures);
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
        var type = CloudEvent.TypeOf(record) ?? throw new PermanentFailureException("The record is not a CloudEvent: it has no ce_type.");
        // Of a newer version, perhaps: it can be replayed from the dead letters once this one knows it.
        if (!Known.Contains(type))
            throw new PermanentFailureException($"Nothing is known of events of type {type}.");
        try
        {
            var data = EventData.Parse(Encoding.UTF8.GetString(record.Value));
            return data.RunId == Guid.Empty ? throw new PermanentFailureException($"The data of {type} names no run.") : new(type, data);
        }
        catch (JsonException exception)
        {
            throw new PermanentFailureException($"The data of {type} cannot be read.", exception);
        }
    }
}
