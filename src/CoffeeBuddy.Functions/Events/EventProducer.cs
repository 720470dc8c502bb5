using Confluent.Kafka;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

/// <summary>
/// Writes to Kafka for the whole worker. Its producers are idempotent, so that the records of a key stay in order, and
/// are replaced after a fatal error.
/// </summary>
public sealed class EventProducer : IDisposable
{
    private const string Subject = "The Kafka producer";

    private readonly KafkaFailureLog _failures;
    private readonly ReplaceableProducer _batches;
    private readonly ReplaceableProducer _singles;

    public EventProducer(
        ProducerFactory factory,
        IOptionsMonitor<ClientConfig> login,
        KafkaFailureLog failures,
        TimeProvider time
    )
    {
        _failures = failures;
        _batches = new ReplaceableProducer(handler => factory.Create(handler, inBatches: true), login, Report, time);
        _singles = new ReplaceableProducer(handler => factory.Create(handler, inBatches: false), login, Report, time);
    }

    /// <summary>
    /// Sends the record. A broker refuses a batch that is too large for it, although each of its records may be small
    /// enough: then the record is sent again, as a batch of its own.
    /// </summary>
    /// <exception cref="KafkaException">Not all in-sync replicas have the record.</exception>
    public async Task ProduceAsync(string topic, Message<string, byte[]> message, CancellationToken cancellationToken)
    {
        try
        {
            await _batches.ProduceAsync(topic, message, cancellationToken);
        }
        catch (KafkaException refused) when (refused.Error.Code == ErrorCode.MsgSizeTooLarge)
        {
            await _singles.ProduceAsync(topic, message, cancellationToken);
        }

        _failures.Works(KafkaFailureLog.Connection);
        _failures.Works(Subject);
    }

    /// <summary>Connects and reads the metadata of the topics.</summary>
    /// <exception cref="KafkaException">Kafka did not answer in time.</exception>
    public void ReadMetadata(IEnumerable<string> topics, TimeSpan timeout)
    {
        using var client = new DependentAdminClientBuilder(_batches.Handle).Build();
        foreach (var topic in topics)
            client.GetMetadata(topic, timeout);
    }

    public void Dispose()
    {
        _batches.Dispose();
        _singles.Dispose();
    }

    private void Report(Error error)
    {
        if (error.IsFatal)
            _failures.Failed(Subject, $"{error.Code}: {error.Reason}. A new one replaces it.", LogLevel.Error);
        else
            _failures.Failed(Subject, error);
    }
}
