using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>
/// One function's consumer. A thread of its own polls without a pause, whatever the function does; all calls of the consumer are made on it.
/// </summary>
internal sealed partial class KafkaListener(
    string functionName,
    KafkaBinding binding,
    ClientConfig connection,
    KafkaHostOptions options,
    RecordScheduler scheduler,
    RecordProcessor processor,
    FunctionMetrics metrics,
    TimeProvider time,
    ILogger<KafkaListener> logger
) : ITriggerListener
{
    /// <summary>Records taken up before what is ready is looked at, so that a burst becomes a batch.</summary>
    private const int Burst = 500;

    private static readonly TimeSpan _poll = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan _rebuildDelay = TimeSpan.FromSeconds(5);

    private readonly TaskCompletionSource _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly HashSet<TopicPartition> _owned = [];
    private PausedPartitions? _paused;
    private CancellationToken _giveUp;
    private long _lastPoll = time.GetTimestamp();
    private volatile bool _isReady;

    public string FunctionName => functionName;

    public bool IsReady => _isReady;

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
            // Committing and leaving need the brokers; librdkafka may wait for those that are away without end.
            await _ended.Task.WaitAsync(options.RebalanceDrainTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.NotLeft(logger, functionName, options.RebalanceDrainTimeout);
        }
    }

    /// <summary>Of a thread that was given up on, what it uses stays until it ends.</summary>
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

    /// <summary>Consumes until the host drains, or until the consumer is beyond repair and a new one is needed.</summary>
    private void Consume()
    {
        try
        {
            using var consumer = KafkaConsumerFactory.Create(binding, connection, options, this, logger);
            using var paused = _paused = new PausedPartitions(consumer);
            consumer.Subscribe(binding.Topic);
            while (!_stop.IsCancellationRequested)
            {
                TakeUp(consumer, _poll);
                processor.Pump();
                Balance(consumer);
            }

            Drain(consumer);
        }
        catch (Exception exception)
        {
            // Whatever it was: a thread that ends would leave its function without work.
            Log.ConsumerLost(logger, functionName, _rebuildDelay, exception);
            OnLost(consumer: null, _owned.ToList());
            _stop.Token.WaitHandle.WaitOne(_rebuildDelay);
        }
    }

    private void TakeUp(IConsumer<byte[]?, byte[]?> consumer, TimeSpan wait)
    {
        Volatile.Write(ref _lastPoll, time.GetTimestamp());
        for (var taken = 0; taken < Burst; taken++)
        {
            if (Next(consumer, taken == 0 ? wait : TimeSpan.Zero) is not { } record)
                return;

            scheduler.Add(KafkaRecords.From(record), record.Message.Key);
            Pause(consumer);
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
            // An unknown topic, a broker that is away: librdkafka goes on by itself.
            Log.ConsumeFailed(logger, functionName, exception.Error.Reason);
            return null;
        }
    }

    private void Balance(IConsumer<byte[]?, byte[]?> consumer)
    {
        Store(consumer);
        var resumable = scheduler.TakeResumable();
        if (resumable.Count > 0)
            consumer.Resume(resumable);
        if (!_isReady && !string.IsNullOrEmpty(consumer.MemberId))
            _isReady = true;
    }

    private void Store(IConsumer<byte[]?, byte[]?> consumer)
    {
        foreach (var position in scheduler.TakeMoved())
            consumer.StoreOffset(position);
    }

    private void Pause(IConsumer<byte[]?, byte[]?> consumer)
    {
        var full = scheduler.TakeFull();
        if (full.Count == 0)
            return;

        consumer.Pause(full);
        Log.Paused(logger, functionName, full.Count, options.MaxInFlightPerPartition);
    }

    /// <summary>Lets what runs end while it goes on polling, so that the group does not take the partitions away; then commits and leaves.</summary>
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
                TakeUp(consumer, _poll);
                // Committed in the background, so that a kill in the meantime brings back as little as possible.
                Store(consumer);
            }
        }

        _settled.SetResult();
        // Leaving revokes all partitions, and that commits.
        consumer.Close();
        Log.Drained(logger, functionName);
    }

    private static partial class Log
    {
        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} fetches no more from {Count} partitions: {Limit} of their records are in flight"
        )]
        public static partial void Paused(ILogger logger, string function, int count, int limit);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} cannot consume now: {Reason}")]
        public static partial void ConsumeFailed(ILogger logger, string function, string reason);

        [LoggerMessage(Level = LogLevel.Error, Message = "{Function} lost its consumer; a new one is made in {Delay}")]
        public static partial void ConsumerLost(ILogger logger, string function, TimeSpan delay, Exception exception);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} takes no more records; {Count} invocations end"
        )]
        public static partial void Draining(ILogger logger, string function, int count);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} could not leave its consumer group in {Time}; others get its partitions when its session ends"
        )]
        public static partial void NotLeft(ILogger logger, string function, TimeSpan time);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} has left its consumer group")]
        public static partial void Drained(ILogger logger, string function);
    }
}
