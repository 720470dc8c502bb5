using CoffeeBuddy.Functions.Hosting;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Events;

public static class EventsModule
{
    /// <summary>Publishing of events, with <see cref="KafkaOptions"/> from section <c>Kafka</c>.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<KafkaOptions>(configuration, "Kafka");
        services
            .AddOptions<KafkaOptions>()
            .Validate<TimeProvider>(
                (kafka, time) => !(kafka.UnsignedUntil > time.GetUtcNow().AddDays(1)),
                "Kafka:UnsignedUntil is more than a day ahead. It is for the time of one upgrade."
            );
        // The host connects its consumers with this.
        services
            .AddOptions<ClientConfig>()
            .Configure<IOptions<KafkaOptions>>((client, kafka) => kafka.Value.Configure(client));
        services.TryAddSingleton<KafkaFailureLog>();
        services.AddHealthChecks().AddCheck<KafkaAccessHealth>("kafka");
        return services
            .AddSingleton<RecordSeal>()
            .AddSingleton<ProducerFactory>()
            .AddSingleton<EventProducer>()
            .AddSingleton<EventPublisher>()
            .AddSingleton<KafkaAccess>()
            .AddSingleton<KafkaAccessHealth>()
            .AddHostedService(provider => provider.GetRequiredService<KafkaAccessHealth>())
            .AddSingleton<SlackEventsTopic>();
    }
}
