using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Asks the brokers where paused partitions end, on a thread of its own, one question at a time. Must be disposed of before its consumer,
/// whose connection it uses.
/// </summary>
internal sealed class PausedPartitions(IConsumer<byte[]?, byte[]?> consumer) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private volatile Dictionary<TopicPartition, long> _ends = [];
    private volatile bool _isDisposed;
    private Task _asking = Task.CompletedTask;

    /// <summary>What was answered last; null when the partition was not paused then, or no broker answered.</summary>
    public long? EndOf(TopicPartition partition) => _ends.TryGetValue(partition, out var end) ? end : null;

    /// <summary>Returns at once. While the last question waits for its answer there is no new one.</summary>
    public void Ask(IReadOnlyList<TopicPartition> partitions)
    {
        if (_isDisposed || !_asking.IsCompleted)
            return;
        if (partitions.Count == 0)
            _ends = [];
        else
            _asking = Task.Run(() => Query(partitions));
    }

    /// <summary>Waits for the question on its way, for 2 s at most.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        _asking.Wait();
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
                ends[partition] = consumer.QueryWatermarkOffsets(partition, _patience).High.Value;
            }
            catch (KafkaException)
            {
                // No broker answers, which the consumer says itself. The next statistics ask again.
            }
        }

        _ends = ends;
    }
}
