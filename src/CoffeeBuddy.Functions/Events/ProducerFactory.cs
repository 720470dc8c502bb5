using CoffeeBuddy.Data;
using Confluent.Kafka;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Creates the worker's Kafka producers.</summary>
public class ProducerFactory(IOptionsMonitor<KafkaOptions> options)
{
    /// <summary>Largest batch in bytes. Below what brokers accept unless they are configured for less.</summary>
    private const int BatchBytes = 256 * 1024;

    /// <param name="onError">Called from the producer's thread.</param>
    /// <param name="inBatches">False: each record is a batch of its own.</param>
    public virtual IProducer<string, byte[]> Create(Action<Error> onError, bool inBatches)
    {
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 2,
            BatchSize = BatchBytes,
            MessageMaxBytes = KafkaOptions.MaxRecordBytes,
            MessageTimeoutMs = (int)TimeBudget.KafkaDelivery.TotalMilliseconds,
            // Bounds the memory while Kafka is away. The outbox keeps the events.
            QueueBufferingMaxMessages = 10_000,
            // Finds a topic that is created later, as the consumers do.
            TopicMetadataRefreshIntervalMs = 10_000,
        };
        if (!inBatches)
            config.BatchNumMessages = 1;
        options.CurrentValue.Configure(config);
        return new ProducerBuilder<string, byte[]>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler((_, error) => onError(error))
            .Build();
    }
}
