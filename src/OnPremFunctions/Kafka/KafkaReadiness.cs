using Confluent.Kafka;

namespace OnPremFunctions.Kafka;

/// <summary>
/// Whether a consumer was ready once: it has partitions, or the topic has some and other consumers of the group own them
/// all. A broker gives a new member its id long before it gives it partitions.
/// </summary>
internal sealed class KafkaReadiness(string topic) : IDisposable
{
    private static readonly TimeSpan _queryTimeout = TimeSpan.FromSeconds(2);

    private volatile string? _notReadyBecause = $"has no partitions of {topic} yet";
    private volatile bool _isAssignedNone;
    private IConsumer<byte[]?, byte[]?>? _consumer;
    private Task _query = Task.CompletedTask;

    public string? NotReadyBecause => _notReadyBecause;

    /// <summary>Uses the connection of this consumer until it is disposed. Dispose it before the consumer.</summary>
    public KafkaReadiness Of(IConsumer<byte[]?, byte[]?> consumer)
    {
        _consumer = consumer;
        _isAssignedNone = false;
        return this;
    }

    /// <summary>Waits for the running query, at most 2 s.</summary>
    public void Dispose()
    {
        _consumer = null;
        _query.Wait();
    }

    /// <summary>The group has assigned partitions to this consumer.</summary>
    /// <param name="owned">How many it owns now.</param>
    public void Assigned(int owned)
    {
        if (owned > 0)
            _notReadyBecause = null;
        _isAssignedNone = owned == 0;
        Refresh();
    }

    public void Failed(Error error)
    {
        if (_notReadyBecause is not null)
            _notReadyBecause = $"has no partitions of {topic}: {error.Reason}";
    }

    /// <summary>Asks whether the topic has partitions, when this consumer was assigned none. Returns at once.</summary>
    public void Refresh()
    {
        if (_notReadyBecause is not null && _isAssignedNone && _consumer is { } consumer && _query.IsCompleted)
            _query = Task.Run(() => Query(consumer));
    }

    private void Query(IConsumer<byte[]?, byte[]?> consumer)
    {
        try
        {
            using var client = new DependentAdminClientBuilder(consumer.Handle).Build();
            var found = client.GetMetadata(topic, _queryTimeout).Topics.Single();
            if (found.Error.IsError)
                Failed(found.Error);
            else if (found.Partitions.Count > 0 && _isAssignedNone)
                _notReadyBecause = null;
        }
        catch (KafkaException)
        {
            // No broker answers. The next statistics ask again.
        }
    }
}
