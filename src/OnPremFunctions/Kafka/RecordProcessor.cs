using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>Runs what the scheduler hands out and decides what becomes of it: done, again later, split up, or dead-lettered.</summary>
internal sealed partial class RecordProcessor(
    FunctionDescriptor function,
    KafkaBinding binding,
    RecordScheduler scheduler,
    FunctionExecutor executor,
    DeadLetterOffice? deadLetters,
    HostState host,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<RecordProcessor> logger
) : IDisposable
{
    private readonly RetryPolicy _policy = function.Retry ?? RetryPolicy.KafkaDefault;
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Starts all that can run now; nothing once the host drains.</summary>
    public void Pump()
    {
        // The trace of the record that made room is not that of the next.
        using var isolated = ExecutionContext.SuppressFlow();
        while (!host.IsDraining && scheduler.Take() is { } dispatch)
            _ = Task.Run(() => RunAsync(dispatch));
    }

    /// <summary>Waits for nothing more: what is put off stays undone.</summary>
    public void Stop() => _stop.Cancel();

    public void Dispose() => _stop.Dispose();

    private async Task RunAsync(Dispatch dispatch)
    {
        var trace = KafkaTrace.Of(dispatch.Records);
        using var activity = KafkaTrace.Resume(trace);
        try
        {
            if (dispatch.Works is [{ GivenUp: { } reason } work])
                await DeadLetterAsync(work, reason, dispatch.Interrupted);
            else
                await InvokeAsync(dispatch, trace);
        }
        catch (Exception exception)
        {
            // Neither function nor handler gets here: a logger threw, or this host is at fault. The keys must go on all the same. Below,
            // what may throw comes before what decides about a work, so no work has been decided about.
            foreach (var work in dispatch.Works)
                _ = AgainAfterAsync(work, _policy.Maximum);
            Log.Broken(logger, function.Name, dispatch.Records.Count, _policy.Maximum, exception);
        }
        finally
        {
            scheduler.End(dispatch);
            Pump();
        }
    }

    private async Task InvokeAsync(Dispatch dispatch, W3CTrace trace)
    {
        foreach (var work in dispatch.Works)
            work.Attempts++;
        var result = await executor.ExecuteAsync(ContextOf(dispatch, trace), dispatch.Interrupted);
        if (result.Succeeded)
        {
            foreach (var work in dispatch.Works)
                scheduler.Complete(work);
        }
        else if (result.Outcome == Outcome.Cancelled)
        {
            // A partition of the batch went; what belongs to the others is still to be done here.
            foreach (var work in dispatch.Works)
                scheduler.Again(work);
        }
        else if (dispatch.Works is [var single])
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
        var retry = new RetryState(dispatch.Works.Max(static work => work.Retries), _policy.MaxRetryCount);
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
    /// Nobody knows which key failed the batch, so each is now on its own, at once. Also when the function asked for a wait: only the key
    /// that asks again has to wait.
    /// </summary>
    private void Split(Dispatch dispatch)
    {
        Log.Split(logger, function.Name, dispatch.Records.Count, dispatch.Works.Count);
        foreach (var _ in dispatch.Works)
            metrics.Retried(function.Name);
        foreach (var work in dispatch.Works)
            scheduler.Again(work);
    }

    private void Decide(LaneWork work, Exception error)
    {
        if (TakesFreeWait(work, error))
        {
            PutOff(work, DelayAfter(error, _policy.DelayBefore(work.Retries)));
        }
        else if (error is not PermanentFailureException && _policy.Allows(work.Retries))
        {
            PutOff(work, DelayAfter(error, _policy.DelayBefore(work.Retries++)));
        }
        else if (work.Current.Count > 1)
        {
            Log.OneByOne(logger, function.Name, work.Current.Count);
            work.RunOneByOne(_policy.MaxRetryCount);
            scheduler.Again(work);
        }
        else if (deadLetters is null)
        {
            var slot = work.Current[0].Record;
            Log.NoHandler(logger, function.Name, slot.Topic, slot.Partition, slot.Offset, _policy.Maximum);
            PutOff(work, _policy.Maximum);
        }
        else
        {
            work.GivenUp = error;
            scheduler.Again(work);
        }
    }

    private static bool TakesFreeWait(LaneWork work, Exception error) =>
        error is RetryAfterException asked && (!asked.Counts || work.FreeWaits++ < RetryAfterException.FreeWaits);

    /// <summary>What the function asked for, but never less than the policy's own, so that a wait is never none, let alone negative.</summary>
    private static TimeSpan DelayAfter(Exception error, TimeSpan least)
    {
        if (error is not RetryAfterException asked || asked.Delay <= least)
            return least;
        return asked.Delay < RetryAfterException.LongestDelay
            ? asked.Delay
            : Longest(RetryAfterException.LongestDelay, least);
    }

    private async Task DeadLetterAsync(LaneWork work, Exception reason, CancellationToken interrupted)
    {
        var letter = new KafkaDeadLetter(work.Current[0].Record, function.Name, binding.Group, work.Attempts, reason);
        if (await deadLetters!.TryHandleAsync(letter, interrupted))
            scheduler.Complete(work);
        else
            PutOff(work, RetryPolicy.Forever.DelayBefore(work.DeadLetterRetries++));
    }

    private void PutOff(LaneWork work, TimeSpan delay)
    {
        if (work.GivenUp is null)
            metrics.Retried(function.Name);
        var first = work.Current[0].Record;
        Log.PutOff(logger, function.Name, work.Current.Count, first.Topic, first.Partition, first.Offset, delay);
        _ = AgainAfterAsync(work, delay);
    }

    private async Task AgainAfterAsync(LaneWork work, TimeSpan delay)
    {
        await Task.Delay(delay, time, _stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_stop.IsCancellationRequested)
            return;

        scheduler.Again(work);
        Pump();
    }

    private static TimeSpan Longest(TimeSpan some, TimeSpan other) => some > other ? some : other;

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} is called again for {Count} records from {Topic} [{Partition}] @{Offset} on in {Delay}"
        )]
        public static partial void PutOff(
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
            Message = "The host failed while it ran {Function} with {Count} records; they are run again in {Delay}"
        )]
        public static partial void Broken(
            ILogger logger,
            string function,
            int count,
            TimeSpan delay,
            Exception exception
        );

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} failed a batch of {Count} records of {Keys} keys; each key is now on its own"
        )]
        public static partial void Split(ILogger logger, string function, int count, int keys);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} failed {Count} records of one key for good; they are run one at a time"
        )]
        public static partial void OneByOne(ILogger logger, string function, int count);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "{Function} cannot process {Topic} [{Partition}] @{Offset} and no dead-letter handler is registered; it is tried again every {Interval}"
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
