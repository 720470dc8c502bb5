using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

/// <summary>Creates a listener for each Kafka function.</summary>
internal sealed class KafkaListenerFactory(
    InvocationRunner runner,
    FunctionMetrics metrics,
    StuckInvocationMonitor stuck,
    IServiceScopeFactory scopes,
    IServiceProviderIsService services,
    IOptionsMonitor<ClientConfig> client,
    KafkaFailureLog failures,
    TimeProvider time,
    ILoggerFactory loggers
)
{
    public IEnumerable<ITriggerListener> Create(HostState state)
    {
        var hasDeadLetters = services.IsService(typeof(IKafkaDeadLetterHandler));
        return from function in state.Functions
            let kafka = function.Trigger as KafkaBinding
            where kafka is not null
            select Create(function, kafka, state, hasDeadLetters);
    }

    private KafkaListener Create(
        FunctionDescriptor function,
        KafkaBinding binding,
        HostState state,
        bool hasDeadLetters
    )
    {
        var options = state.Options;
        var scheduler = new RecordScheduler(
            options.Kafka.MaxInFlightPerPartition,
            options.Kafka.MaxConcurrency,
            binding.IsBatched ? options.Kafka.MaxBatchSize : 1
        );
        var deadLetters = hasDeadLetters
            ? new DeadLetterDispatcher(
                scopes,
                metrics,
                stuck,
                options.FunctionTimeout,
                time,
                loggers.CreateLogger<DeadLetterDispatcher>()
            )
            : null;
        var processor = new RecordProcessor(
            function,
            binding,
            scheduler,
            runner,
            deadLetters,
            state,
            metrics,
            time,
            loggers.CreateLogger<RecordProcessor>()
        );
        var logger = loggers.CreateLogger<KafkaListener>();
        return new KafkaListener(
            function.Name,
            binding,
            listener =>
                KafkaConsumerFactory.Create(
                    binding,
                    binding.ConnectionWith(client.CurrentValue),
                    options.Kafka,
                    listener,
                    logger
                ),
            client,
            options.Kafka,
            scheduler,
            processor,
            metrics,
            failures,
            time,
            logger
        );
    }
}
