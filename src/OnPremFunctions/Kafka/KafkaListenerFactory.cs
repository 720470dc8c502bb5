using Confluent.Kafka;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Kafka;

internal sealed class KafkaListenerFactory(
    FunctionExecutor executor,
    FunctionMetrics metrics,
    Overruns overruns,
    IServiceScopeFactory scopes,
    IServiceProviderIsService services,
    IOptions<ClientConfig> client,
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
            ? new DeadLetterOffice(
                scopes,
                metrics,
                overruns,
                options.FunctionTimeout,
                time,
                loggers.CreateLogger<DeadLetterOffice>()
            )
            : null;
        var processor = new RecordProcessor(
            function,
            binding,
            scheduler,
            executor,
            deadLetters,
            state,
            metrics,
            time,
            loggers.CreateLogger<RecordProcessor>()
        );
        return new KafkaListener(
            function.Name,
            binding,
            binding.ConnectionWith(client.Value),
            options.Kafka,
            scheduler,
            processor,
            metrics,
            time,
            loggers.CreateLogger<KafkaListener>()
        );
    }
}
