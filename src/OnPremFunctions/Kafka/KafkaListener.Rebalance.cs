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

    /// <summary>The group gives partitions to others: what runs gets a while to end, then what is done is committed.</summary>
    internal void OnRevoked(IConsumer<byte[]?, byte[]?> consumer, IReadOnlyCollection<TopicPartition> partitions)
    {
        var running = scheduler.CloseWindows(partitions);
        if (!Task.WaitAll([.. running.Select(static dispatch => dispatch.Ended)], options.RebalanceDrainTimeout))
            Interrupt(running);

        Commit(consumer, scheduler.PositionsOf(partitions));
        Forget(partitions);
        Log.Revoked(logger, functionName, partitions.Count, _owned.Count);
    }

    /// <summary>Others have the partitions already: nothing may be committed any more.</summary>
    internal void OnLost(IReadOnlyCollection<TopicPartition> partitions)
    {
        Interrupt(scheduler.CloseWindows(partitions));
        Forget(partitions);
        Log.Lost(logger, functionName, partitions.Count);
    }

    internal void OnStatistics(string statistics)
    {
        foreach (var partition in KafkaLag.Read(statistics))
        {
            var tp = new TopicPartition(partition.Topic, partition.Number);
            if (!_owned.Contains(tp))
                continue;

            var untouched = partition.Committed ?? (options.AutoOffsetReset == AutoOffsetReset.Earliest ? partition.Start : partition.End);
            var position = scheduler.PositionsOf([tp]) is [var known] ? known.Offset.Value : untouched;
            metrics.Lag(partition.Topic, partition.Number, binding.Group, Math.Max(0, partition.End - position));
        }
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
            // What was done is done again by whoever gets the partition.
            Log.CommitFailed(logger, functionName, exception.Error.Reason);
        }
    }

    private void Forget(IReadOnlyCollection<TopicPartition> partitions)
    {
        scheduler.Drop(partitions);
        _owned.ExceptWith(partitions);
        foreach (var partition in partitions)
            metrics.NoLag(partition.Topic, partition.Partition.Value, binding.Group);
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} was given {Count} partitions and has {Owned}")]
        public static partial void Assigned(ILogger logger, string function, int count, int owned);

        [LoggerMessage(Level = LogLevel.Information, Message = "{Function} gave {Count} partitions away and has {Owned}")]
        public static partial void Revoked(ILogger logger, string function, int count, int owned);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} lost {Count} partitions to others; what was not committed is done again there")]
        public static partial void Lost(ILogger logger, string function, int count);

        [LoggerMessage(Level = LogLevel.Warning, Message = "{Function} could not commit: {Reason}")]
        public static partial void CommitFailed(ILogger logger, string function, string reason);
    }
}
