using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Queries the end offsets of paused partitions on a thread of its own, one query at a time. Dispose it before its
/// consumer, whose connection it uses.
/// </summary>
internal sealed class PausedPartitionOffsets(IConsumer<byte[]?, byte[]?> consumer) : IDisposable
{
    private static readonly TimeSpan _queryTimeout = TimeSpan.FromSeconds(2);

    private volatile Dictionary<TopicPartition, long> _ends = [];
    private volatile bool _isDisposed;
    private Task _query = Task.CompletedTask;

    /// <summary>The last answer; null when the partition was not paused then or no broker answered.</summary>
    public long? EndOf(TopicPartition partition) => _ends.TryGetValue(partition, out var end) ? end : null;

    /// <summary>Starts a query and returns at once. Does nothing while the previous query runs.</summary>
    public void Refresh(IReadOnlyList<TopicPartition> partitions)
    {
        if (_isDisposed || !_query.IsCompleted)
            return;
        if (partitions.Count == 0)
            _ends = [];
        else
            _query = Task.Run(() => Query(partitions));
    }

    /// <summary>Waits for the running query, at most 2 s.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _query.Wait();
    }

    private void Query(IReadOnlyList<TopicPartition> partitions)
    {
        Dictionary<TopicPartition, long> ends = [];
        foreach (var partition in partitions)
        {
            if (_isDisposed)
                return;

            try
            {
                ends[partition] = consumer.QueryWatermarkOffsets(partition, _queryTimeout).High.Value;
            }
            catch (KafkaException)
            {
                // No broker answers; the consumer logs that. The next statistics query again.
            }
        }

        _ends = ends;
    }
}
