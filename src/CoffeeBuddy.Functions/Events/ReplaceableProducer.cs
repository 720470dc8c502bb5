using CoffeeBuddy.Data;
using Confluent.Kafka;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// A Kafka producer, created when it is first used. After a fatal error it accepts nothing more, and the next use
/// creates a new one.
/// </summary>
/// <param name="create">Creates a producer that passes its errors to this handler.</param>
/// <param name="login">A changed login is passed on to the producer.</param>
/// <param name="report">Called with each error, from the producer's thread.</param>
internal sealed class ReplaceableProducer(
    Func<Action<Error>, IProducer<string, byte[]>> create,
    IOptionsMonitor<ClientConfig> login,
    Action<Error> report,
    TimeProvider time
) : IDisposable
{
    /// <summary>Shortest time between two new producers: without a permission each of them fails.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private Session? _session;

    /// <summary>The producer's connection, for a client that shares it.</summary>
    public Handle Handle => Current().Producer.Handle;

    /// <exception cref="KafkaException">Not all in-sync replicas have the record.</exception>
    public async Task ProduceAsync(string topic, Message<string, byte[]> message, CancellationToken cancellationToken)
    {
        var session = Current();
        try
        {
            await session.Producer.ProduceAsync(topic, message, cancellationToken);
        }
        catch (KafkaException exception) when (exception.Error.IsFatal)
        {
            session.HasFailed = true;
            throw;
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _session?.Login?.Dispose();
            _session?.Producer.Dispose();
        }
    }

    private Session Current()
    {
        lock (_gate)
        {
            if (_session is { } session && !(session.HasFailed && time.GetElapsedTime(session.CreatedAt) >= Pause))
                return session;

            if (_session is { } failed)
                _ = Task.Run(() => Retire(failed));
            var created = new Session { CreatedAt = time.GetTimestamp() };
            created.Producer = create(error => HandleError(created, error));
            created.Login = new(created.Producer, login);
            return _session = created;
        }
    }

    private void HandleError(Session session, Error error)
    {
        session.HasFailed |= error.IsFatal;
        report(error);
    }

    /// <summary>Waits for the results of its last records before it is disposed: without them their callers wait for
    /// ever.</summary>
    private static void Retire(Session session)
    {
        session.Producer.Flush(2 * TimeBudget.KafkaDelivery);
        session.Login?.Dispose();
        session.Producer.Dispose();
    }

    private sealed class Session
    {
        private volatile bool _hasFailed;

        public required long CreatedAt { get; init; }

        public IProducer<string, byte[]> Producer { get; set; } = null!;

        public KafkaLogin? Login { get; set; }

        public bool HasFailed
        {
            get => _hasFailed;
            set => _hasFailed = value;
        }
    }
}
