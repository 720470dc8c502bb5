using Confluent.Kafka;
using Microsoft.Extensions.Logging;

namespace OnPremFunctions.Kafka;

/// <summary>Callbacks of the consumer: partitions assigned, revoked and lost, statistics, and commit results.</summary>
internal sealed partial class KafkaListener
{
    internal void OnAssigned(IReadOnlyCollection<TopicPartition> partitions)
    {
        _owned.UnionWith(partitions);
        scheduler.Assign(partitions);
        _readiness.Assigned(_owned.Count);
        Log.Assigned(logger, functionName, partitions.Count, _owned.Count);
    }

    /// <summary>
    /// The group takes partitions away. Waits for their running invocations, at most <c>rebalanceDrainTimeout</c>, then
    /// commits. Invocations for other partitions go on, but nothing is fetched meanwhile: this callback blocks polling.
    /// </summary>
    internal void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        var running = scheduler.CloseWindows(partitions);
        if (running.Count > 0)
            Log.Revoking(logger, functionName, partitions, running.Count);
        // After the drain time has ended, invocations are cancelled already and there is no second wait.
        if (
            !_giveUp.IsCancellationRequested
            && !Task.WaitAll([.. running.Select(static dispatch => dispatch.Ended)], options.RebalanceDrainTimeout)
        )
            Interrupt(running);

        Commit(consumer, scheduler.PositionsOf(partitions));
        Forget(consumer, partitions);
        Log.Revoked(logger, functionName, partitions.Count, _owned.Count);
    }

    /// <summary>Other consumers already own the partitions, so nothing may be committed.</summary>
    /// <param name="consumer">Null when the consumer has failed.</param>
    internal void OnLost(IConsumer<byte[]?, byte[]?>? consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        Interrupt(scheduler.CloseWindows(partitions));
        Forget(consumer, partitions);
        Log.Lost(logger, functionName, partitions.Count);
    }

    /// <summary>Errors that librdkafka recovers from, by itself or when somebody has repaired the cause.</summary>
    internal void OnError(Error error)
    {
        _readiness.Failed(error);
        failures.Failed($"The Kafka consumer of {functionName}", error);
    }

    internal void OnStatistics(string statistics)
    {
        _pausedOffsets?.Refresh(scheduler.Paused());
        _readiness.Refresh();
        var read = KafkaStatistics.Read(statistics);
        if (read.IsConnected)
            failures.Works(KafkaFailureLog.Connection);
        foreach (var partition in read.Partitions.Where(partition => _owned.Contains(partition.Name)))
        {
            failures.Works($"The Kafka consumer of {functionName}");
            if (partition.IsUncommitted)
                scheduler.StartAt(partition.Name, partition.Next);
            var end = Math.Max(partition.End, _pausedOffsets?.EndOf(partition.Name) ?? 0);
            var position = scheduler.PositionsOf([partition.Name]) is [var known]
                ? known.Offset.Value
                : partition.Untouched(options.AutoOffsetReset);
            metrics.Lag(
                partition.Name.Topic,
                partition.Name.Partition.Value,
                binding.Group,
                Math.Max(0, end - position)
            );
        }
    }

    /// <summary>The consumer commits in the background; only this callback reports that a commit failed.</summary>
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
            // Stored as well: librdkafka commits the stored offsets of a revoked partition after this commit.
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
        Resume(consumer, scheduler.Drop(partitions));
        _owned.ExceptWith(partitions);
        foreach (var partition in partitions)
            metrics.RemoveLag(partition.Topic, partition.Partition.Value, binding.Group);
    }

    /// <summary>
    /// librdkafka keeps a partition paused after it was revoked: when it is assigned again it would never be fetched
    /// (librdkafka issue 5113). Resumed here, not on assignment: resuming a partition that is not paused makes
    /// librdkafka fetch again from where it started.
    /// </summary>
    private void Resume(IConsumer<byte[]?, byte[]?>? consumer, IReadOnlyList<TopicPartition> partitions)
    {
        if (consumer is null || partitions.Count == 0)
            return;

        try
        {
            consumer.Resume(partitions);
        }
        catch (KafkaException exception)
        {
            // librdkafka no longer knows the partition, so it is not paused either.
            Log.ResumeFailed(logger, functionName, exception.Error.Reason);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not resume revoked partitions: {Reason}")]
        public static partial void ResumeFailed(ILogger logger, string function, string reason);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} was assigned {Count} partitions and owns {Owned}"
        )]
        public static partial void Assigned(ILogger logger, string function, int count, int owned);

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Function} waits for {Count} invocations before {Partitions} are revoked"
        )]
        public static partial void Revoking(
            ILogger logger,
            string function,
            IEnumerable<TopicPartition> partitions,
            int count
        );

        [LoggerMessage(
            Level = LogLevel.Information,
            Message = "{Count} partitions of {Function} were revoked; it owns {Owned}"
        )]
        public static partial void Revoked(ILogger logger, string function, int count, int owned);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} lost {Count} partitions; records that were not committed are processed again by their new owners"
        )]
        public static partial void Lost(ILogger logger, string function, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not commit: {Reason}")]
        public static partial void CommitFailed(ILogger logger, string function, string reason);

        [LoggerMessage(
            Level = LogLevel.Warning,
            Message = "{Function} could not commit revoked partitions; their new owners process the records again: {Reason}"
        )]
        public static partial void LastCommitFailed(ILogger logger, string function, string reason);
    }
}
