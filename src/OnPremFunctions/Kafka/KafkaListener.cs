using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>
/// The consumer of one function. One thread polls it without pause, however long the function runs, and makes all other
/// calls of the consumer too.
/// </summary>
/// <param name="createConsumer">Called at the start and after a consumer has failed.</param>
/// <param name="client">A changed login is passed on to the consumer.</param>
internal sealed partial class KafkaListener(
    string functionName,
    KafkaBinding binding,
    Func<KafkaListener, IConsumer<byte[]?, byte[]?>> createConsumer,
    IOptionsMonitor<ClientConfig> client,
    KafkaHostOptions options,
    RecordScheduler scheduler,
    RecordProcessor processor,
    FunctionMetrics metrics,
    KafkaFailureLog failures,
    TimeProvider time,
    ILogger<KafkaListener> logger
) : ITriggerListener
{
    /// <summary>Most records that are taken before any of them is run, so that a burst becomes a batch.</summary>
    private const int Burst = 500;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _replaceDelay = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TopicPartition> _owned = [];
    private readonly KafkaReadiness _readiness = new(binding.Topic);
    private PausedPartitionOffsets? _pausedOffsets;
    private CancellationToken _giveUp;
    private long _lastPoll = time.GetTimestamp();

    public string FunctionName => functionName;

    public string? NotReadyBecause => _readiness.NotReadyBecause;

    public bool IsAlive =>
        !_ended.Task.IsCompleted
        && time.GetElapsedTime(Volatile.Read(ref _lastPoll)) < TimeSpan.FromMilliseconds(options.MaxPollIntervalMs);

    public void Start() => new Thread(Run) { IsBackground = true, Name = $"kafka {functionName}" }.Start();

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _giveUp = cancellationToken;
        await _stop.CancelAsync();
        await _settled.Task.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        try
        {
            // Committing and leaving need the brokers. librdkafka waits for unreachable brokers without limit.
            await _ended.Task.WaitAsync(options.RebalanceDrainTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.NotLeft(logger, functionName, options.RebalanceDrainTimeout);
        }
    }

    /// <summary>If the thread still runs, what it uses is disposed when it ends.</summary>
    public void Dispose() =>
        _ = _ended.Task.ContinueWith(
            _ =>
            {
                _stop.Dispose();
                processor.Dispose();
            },
            TaskScheduler.Default
        );

    private void Run()
    {
        try
        {
            while (!_stop.IsCancellationRequested)
                Consume();
        }
        finally
        {
            processor.Stop();
            _settled.TrySetResult();
            _ended.SetResult();
        }
    }

    /// <summary>Consumes until the host drains, or until the consumer fails and has to be replaced.</summary>
    private void Consume()
    {
        try
        {
            using var consumer = createConsumer(this);
            using var login = new KafkaLogin(consumer, client);
            using var pausedOffsets = _pausedOffsets = new PausedPartitionOffsets(consumer);
            using var readiness = _readiness.Of(consumer);
            consumer.Subscribe(binding.Topic);
            while (!_stop.IsCancellationRequested)
            {
                Fetch(consumer, _poll);
                processor.Pump();
                Update(consumer);
            }

            Drain(consumer);
        }
        catch (Exception exception)
        {
            // Catches everything: if the thread ended, the function would get no more records.
            Log.ConsumerFailed(logger, functionName, _replaceDelay, exception);
            OnLost(consumer: null, _owned.ToList());
            _stop.Token.WaitHandle.WaitOne(_replaceDelay);
        }
    }

    private void Fetch(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        Volatile.Write(ref _lastPoll, time.GetTimestamp());
        for (var taken = 0; taken < Burst; taken++)
        {
            if (Next(consumer, taken == 0 ? wait : TimeSpan.Zero) is not { } record)
                return;

            scheduler.Add(KafkaRecords.From(record));
            PauseFull(consumer);
        }
    }

    private ConsumeResult<byte[]?, byte[]?>? Next(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        try
        {
            return consumer.Consume(wait);
        }
        catch (ConsumeException exception) when (!exception.Error.IsFatal)
        {
            // For example an unknown topic or an unreachable broker. librdkafka recovers by itself.
            OnError(exception.Error);
            return null;
        }
    }

    private void Update(IConsumer<byte[]?, byte[]?> consumer)
    {
        StoreOffsets(consumer);
        var resumable = scheduler.TakeResumable();
        if (resumable.Count > 0)
            consumer.Resume(resumable);
    }

    private void StoreOffsets(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var position in scheduler.TakeMoved())
            consumer.StoreOffset(position);
    }

    private void PauseFull(IConsumer<byte[]?, byte[]?> consumer)
    {
        var full = scheduler.TakeFull();
        if (full.Count == 0)
            return;

        consumer.Pause(full);
        Log.Paused(logger, functionName, full.Count, options.MaxInFlightPerPartition);
    }

    /// <summary>
    /// Waits for running invocations and goes on polling, so that the group does not take the partitions away. Then
    /// commits and leaves the group.
    /// </summary>
    private void Drain(IConsumer<byte[]?, byte[]?> consumer)
    {
        processor.Stop();
        var running = scheduler.Close();
        Log.Draining(logger, functionName, running.Count);
        consumer.Pause(_owned);
        var ended = Task.WhenAll(running.Select(static dispatch => dispatch.Ended));
        using (_giveUp.Register(() => Interrupt(running)))
        {
            while (!ended.IsCompleted && !_giveUp.IsCancellationRequested)
            {
                Fetch(consumer, _poll);
                // Commits in the background, so that a kill during the drain repeats as little as possible.
                StoreOffsets(consumer);
            }
        }

        _settled.SetResult();
        if (options.GroupInstanceId is not null)
            LeaveAsStaticMember(consumer);
        // Revokes all partitions, and OnRevoked commits.
        consumer.Close();
        Log.Left(logger, functionName);
    }

    /// <summary>
    /// Leaves the group, so that others get the partitions at once. Closing the consumer of a static member does not:
    /// only a killed worker's place is to be kept for it. librdkafka has left when it has no member id any more.
    /// </summary>
    private void LeaveAsStaticMember(IConsumer<byte[]?, byte[]?> consumer)
    {
        consumer.Unsubscribe();
        var started = time.GetTimestamp();
        while (!string.IsNullOrEmpty(consumer.MemberId) && time.GetElapsedTime(started) < options.RebalanceDrainTimeout)
            Fetch(consumer, _poll);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} pauses {Count} partitions: each has {Limit} records in flight"
        )]
        public static partial void Paused(ILogger logger, string function, int count, int limit);

        [LoggerMessage(
            Level = LogLevel.Error,
            Message = "The consumer of {Function} failed; a new one will be created in {Delay}"
        )]
        public static partial void ConsumerFailed(ILogger logger, string function, TimeSpan delay, Exception exception);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} takes no more records and waits for {Count} invocations"
        )]
        public static partial void Draining(ILogger logger, string function, int count);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} could not leave its consumer group within {Time}; its partitions are reassigned when its session expires"
        )]
        public static partial void NotLeft(ILogger logger, string function, TimeSpan time);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} has left its consumer group")]
        public static partial void Left(ILogger logger, string function);
    }
}
