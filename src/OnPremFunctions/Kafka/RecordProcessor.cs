using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Runs what the scheduler hands out, and decides what happens to it then: done, retried, split or dead-lettered.
/// </summary>
internal sealed partial class RecordProcessor(
    FunctionDescriptor function,
    KafkaBinding binding,
    RecordScheduler scheduler,
    InvocationRunner runner,
    DeadLetterDispatcher? deadLetters,
    HostState host,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<RecordProcessor> logger
) : IDisposable
{
    private readonly RetryPolicy _policy = function.Retry ?? RetryPolicy.KafkaDefault;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts everything that can run now; nothing while the host drains.</summary>
    public void Pump()
    {
        // The next dispatch must not inherit the trace of the one that has just ended.
        using var isolated = ExecutionContext.SuppressFlow();
        while (!host.IsDraining && scheduler.Take() is { } dispatch)
            _ = Task.Run(() => RunAsync(dispatch));
    }

    /// <summary>Cancels all waits. The records that wait stay undone.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(Dispatch dispatch)
    {
        var trace = KafkaTrace.Of(dispatch.Records);
        using var activity = KafkaTrace.Resume(trace);
        try
        {
            if (dispatch.Items is [{ GivenUp: { } reason } item])
                await DeadLetterAsync(item, reason, dispatch.Interrupted);
            else
                await InvokeAsync(dispatch, trace);
        }
        catch (Exception exception)
        {
            // A logger threw, or this host has a bug: exceptions of functions and handlers are caught elsewhere. Run
            // all items again so that their keys do not stay blocked. The code below decides about an item only after
            // the last statement that may throw, so no item has been decided about twice.
            foreach (var item in dispatch.Items)
                _ = RetryAfterAsync(item, _policy.Maximum);
            Log.HostFailed(logger, function.Name, dispatch.Records.Count, _policy.Maximum, exception);
        }
        finally
        {
            scheduler.End(dispatch);
            Pump();
        }
    }

    private async Task InvokeAsync(Dispatch dispatch, W3CTrace trace)
    {
        foreach (var item in dispatch.Items)
            item.Attempts++;
        var result = await runner.RunAsync(ContextOf(dispatch, trace), dispatch.Interrupted);
        if (result.Succeeded)
        {
            foreach (var item in dispatch.Items)
                scheduler.Complete(item);
        }
        else if (result.Outcome == Outcome.Cancelled)
        {
            // A partition was lost. Records of other partitions in the batch run again here.
            foreach (var item in dispatch.Items)
                scheduler.Retry(item);
        }
        else if (dispatch.Items is [var single])
        {
            Decide(single, result.Error!);
        }
        else
        {
            Split(dispatch);
        }
    }

    private InvocationContext ContextOf(Dispatch dispatch, W3CTrace trace)
    {
        KafkaRecord[] records = [.. dispatch.Records.Select(static slot => slot.Record)];
        var retry = new RetryState(dispatch.Items.Max(static item => item.Retries), _policy.MaxRetryCount);
        if (binding.IsBatched)
            return new InvocationContext(function, records, trace) { Retry = retry };

        var record = records[0];
        var data = new Dictionary<string, object?>(StringComparer.OrdinalIgnoreCase)
        {
            ["Topic"] = record.Topic,
            ["Partition"] = record.Partition,
            ["Offset"] = record.Offset,
        };
        return new InvocationContext(function, record, trace) { Retry = retry, BindingData = data };
    }

    /// <summary>
    /// Runs each key of a failed batch alone, at once: it is not known which key failed. Also when the function asked
    /// for a wait, so that only the key that asks again waits.
    /// </summary>
    private void Split(Dispatch dispatch)
    {
        Log.Split(logger, function.Name, dispatch.Records.Count, dispatch.Items.Count);
        foreach (var _ in dispatch.Items)
            metrics.Retried(function.Name);
        foreach (var item in dispatch.Items)
            scheduler.Retry(item);
    }

    private void Decide(WorkItem item, Exception error)
    {
        if (TakesFreeWait(item, error))
        {
            RetryLater(item, DelayAfter(error, _policy.DelayBefore(item.Retries)));
        }
        else if (error is not PermanentFailureException && _policy.Allows(item.Retries))
        {
            RetryLater(item, DelayAfter(error, _policy.DelayBefore(item.Retries++)));
        }
        else if (item.Current.Count > 1)
        {
            Log.OneByOne(logger, function.Name, item.Current.Count);
            item.RunOneByOne(_policy.MaxRetryCount);
            scheduler.Retry(item);
        }
        else if (deadLetters is null)
        {
            var record = item.Current[0].Record;
            Log.NoHandler(logger, function.Name, record.Topic, record.Partition, record.Offset, _policy.Maximum);
            RetryLater(item, _policy.Maximum);
        }
        else
        {
            item.GivenUp = error;
            scheduler.Retry(item);
        }
    }

    private static bool TakesFreeWait(WorkItem item, Exception error) =>
        error is RetryAfterException asked && (!asked.Counts || item.FreeWaits++ < RetryAfterException.FreeWaits);

    /// <summary>The delay that the function asked for, between the policy's delay and the longest allowed.</summary>
    private static TimeSpan DelayAfter(Exception error, TimeSpan least)
    {
        if (error is not RetryAfterException asked || asked.Delay <= least)
            return least;
        return asked.Delay < RetryAfterException.LongestDelay
            ? asked.Delay
            : Longest(RetryAfterException.LongestDelay, least);
    }

    private async Task DeadLetterAsync(WorkItem item, Exception reason, CancellationToken interrupted)
    {
        var letter = new KafkaDeadLetter(item.Current[0].Record, function.Name, binding.Group, item.Attempts, reason);
        if (await deadLetters!.TryHandleAsync(letter, interrupted))
            scheduler.Complete(item);
        else
            RetryLater(item, RetryPolicy.Forever.DelayBefore(item.DeadLetterRetries++));
    }

    private void RetryLater(WorkItem item, TimeSpan delay)
    {
        if (item.GivenUp is null)
            metrics.Retried(function.Name);
        var first = item.Current[0].Record;
        Log.RetryLater(logger, function.Name, item.Current.Count, first.Topic, first.Partition, first.Offset, delay);
        _ = RetryAfterAsync(item, delay);
    }

    private async Task RetryAfterAsync(WorkItem item, TimeSpan delay)
    {
        await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_stop.IsCancellationRequested)
            return;

        scheduler.Retry(item);
        Pump();
    }

    private static TimeSpan Longest(TimeSpan some, TimeSpan other) => some > other ? some : other;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} will retry {Count} records from {Topic} [{Partition}] @{Offset} in {Delay}"
        )]
        public static partial void RetryLater(
            ILogger logger,
            string function,
            int count,
            string topic,
            int partition,
            long offset,
            TimeSpan delay
        );

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The host failed while it ran {Function} with {Count} records; they will run again in {Delay}"
        )]
        public static partial void HostFailed(
            ILogger logger,
            string function,
            int count,
            TimeSpan delay,
            Exception exception
        );

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} failed a batch of {Count} records with {Keys} keys; each key will run alone"
        )]
        public static partial void Split(ILogger logger, string function, int count, int keys);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} has no retries left for {Count} records of one key; they will run one at a time"
        )]
        public static partial void OneByOne(ILogger logger, string function, int count);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} cannot process {Topic} [{Partition}] @{Offset} and no dead-letter handler is registered; it will retry every {Interval}"
        )]
        public static partial void NoHandler(
            ILogger logger,
            string function,
            string topic,
            int partition,
            long offset,
            TimeSpan interval
        );
    }
}
