using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Kafka;

/// <summary>What the consumer tells while it is polled: partitions that come and go, and how far they are.</summary>
internal sealed partial class KafkaListener
{
    internal void OnAssigned(IReadOnlyCollection<TopicPartition> partitions)
    {
        _isReady = true;
        _owned.UnionWith(partitions);
        scheduler.Assign(partitions);
        Log.Assigned(logger, functionName, partitions.Count, _owned.Count);
    }

    /// <summary>
    /// The group gives partitions to others: what runs gets a while to end, then what is done is committed. What was fetched from the
    /// partitions that stay goes on meanwhile; no more is fetched until then.
    /// </summary>
    internal void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        var running = scheduler.CloseWindows(partitions);
        if (running.Count > 0)
            Log.Revoking(logger, functionName, partitions, running.Count);
        // What was given up on has had its time, and was told to end.
        if (
            !_giveUp.IsCancellationRequested
            && !Task.WaitAll([.. running.Select(static dispatch => dispatch.Ended)], options.RebalanceDrainTimeout)
        )
            Interrupt(running);

        Commit(consumer, scheduler.PositionsOf(partitions));
        Forget(consumer, partitions);
        Log.Revoked(logger, functionName, partitions.Count, _owned.Count);
    }

    /// <summary>Others have the partitions already: nothing may be committed any more.</summary>
    /// <param name="consumer">Null when it is gone as well.</param>
    internal void OnLost(IConsumer<byte[]?, byte[]?>? consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        Interrupt(scheduler.CloseWindows(partitions));
        Forget(consumer, partitions);
        Log.Lost(logger, functionName, partitions.Count);
    }

    internal void OnStatistics(string statistics)
    {
        _paused?.Ask(scheduler.Paused());
        foreach (var partition in KafkaLag.Read(statistics))
        {
            var tp = new TopicPartition(partition.Topic, partition.Number);
            if (!_owned.Contains(tp))
                continue;

            var end = Math.Max(partition.End, _paused?.EndOf(tp) ?? 0);
            var untouched =
                partition.Committed ?? (options.AutoOffsetReset == AutoOffsetReset.Earliest ? partition.Start : end);
            var position = scheduler.PositionsOf([tp]) is [var known] ? known.Offset.Value : untouched;
            metrics.Lag(partition.Topic, partition.Number, binding.Group, Math.Max(0, end - position));
        }
    }

    /// <summary>The consumer commits in the background, and nothing else would tell that it cannot.</summary>
    internal void OnCommitted(CommittedOffsets committed)
    {
        var reasons = committed
            .Offsets.Select(static offset => offset.Error)
            .Prepend(committed.Error)
            .Where(static error => error.IsError && error.Code != ErrorCode.Local_NoOffset)
            .Select(static error => error.Reason)
            .Distinct(StringComparer.Ordinal)
            .ToList();
        if (reasons.Count == 0)
            return;

        metrics.CommitFailed(functionName);
        Log.CommitFailed(logger, functionName, string.Join("; ", reasons));
    }

    private static void Interrupt(IReadOnlyList<Dispatch> running)
    {
        foreach (var dispatch in running)
            dispatch.Interrupt();
    }

    private void Commit(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyList<TopicPartitionOffset> positions)
    {
        if (positions.Count == 0)
            return;

        try
        {
            // Stored too: giving a partition away makes librdkafka commit what was stored last, on top of this.
            foreach (var position in positions)
                consumer.StoreOffset(position);
            consumer.Commit(positions);
        }
        catch (KafkaException exception)
        {
            Log.LastCommitFailed(logger, functionName, exception.Error.Reason);
        }
    }

    private void Forget(IConsumer<byte[]?, byte[]?>? consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        Unpause(consumer, scheduler.Drop(partitions));
        _owned.ExceptWith(partitions);
        foreach (var partition in partitions)
            metrics.NoLag(partition.Topic, partition.Partition.Value, binding.Group);
    }

    /// <summary>
    /// librdkafka keeps a pause beyond the assignment: a partition that comes back would never be fetched again (its issue 5113). Resumed
    /// here and not when it comes back, because resuming what is not paused makes librdkafka fetch again from where it began.
    /// </summary>
    private void Unpause(IConsumer<byte[]?, byte[]?>? consumer, IReadOnlyList<TopicPartition> partitions)
    {
        if (consumer is null || partitions.Count == 0)
            return;

        try
        {
            consumer.Resume(partitions);
        }
        catch (KafkaException exception)
        {
            // A partition librdkafka no longer knows has no pause either.
            Log.ResumeFailed(logger, functionName, exception.Error.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not resume what it gives away: {Reason}")]
        public static partial void ResumeFailed(ILogger logger, string function, string reason);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} was given {Count} partitions and has {Owned}"
        )]
        public static partial void Assigned(ILogger logger, string function, int count, int owned);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} gives {Partitions} away once {Count} invocations have ended"
        )]
        public static partial void Revoking(
            ILogger logger,
            string function,
            IEnumerable<TopicPartition> partitions,
            int count
        );

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} gave {Count} partitions away and has {Owned}"
        )]
        public static partial void Revoked(ILogger logger, string function, int count, int owned);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} lost {Count} partitions to others; what was not committed is done again there"
        )]
        public static partial void Lost(ILogger logger, string function, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not commit: {Reason}")]
        public static partial void CommitFailed(ILogger logger, string function, string reason);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} could not commit what it gives away; what was done is done again by whoever gets it: {Reason}"
        )]
        public static partial void LastCommitFailed(ILogger logger, string function, string reason);
    }
}
