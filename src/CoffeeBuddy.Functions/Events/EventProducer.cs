using CoffeeBuddy.Data;
using Confluent.Kafka;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

/// <summary>Makes the worker's only Kafka producer: idempotent, so that the records of a key stay in order.</summary>
public sealed partial class EventProducer(
    IOptions<KafkaOptions> options,
    IHostApplicationLifetime lifetime,
    ILogger<EventProducer> logger
)
{
    public IProducer<string, byte[]> Build()
    {
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 2,
            MessageTimeoutMs = (int)TimeBudget.KafkaDelivery.TotalMilliseconds,
            // Bounds the memory while Kafka is away. The outbox keeps the events.
            QueueBufferingMaxMessages = 10_000,
        };
        options.Value.Configure(config);
        return new ProducerBuilder<string, byte[]>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(HandleError)
            .Build();
    }

    /// <summary>
    /// Logs an error of the producer. A fatal one stops the worker: an idempotent producer cannot recover from it.
    /// </summary>
    public void HandleError(IProducer<string, byte[]> producer, Error error)
    {
        Log.ProducerError(logger, error.Code, error.Reason, error.IsFatal);
        if (error.IsFatal)
            lifetime.StopApplication();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "The Kafka producer reports {Code}: {Reason} (fatal: {IsFatal})")]
        public static partial void ProducerError(ILogger logger, ErrorCode code, string reason, bool isFatal);
    }
}
