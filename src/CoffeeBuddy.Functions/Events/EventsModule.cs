using CoffeeBuddy.Functions.Hosting;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Functions.Events;

public static class EventsModule
{
    /// <summary>Publishing of events, with <see cref="KafkaOptions"/> from section <c>Kafka</c>.</summary>
    public static IServiceCollection AddEvents(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddValidatedOptions<KafkaOptions>(configuration, "Kafka");
        // The host connects its consumers with this.
        services
            .AddOptions<ClientConfig>()
            .Configure<IOptions<KafkaOptions>>((client, kafka) => kafka.Value.Configure(client));
        return services
            .AddSingleton<EventProducer>()
            .AddSingleton(provider => provider.GetRequiredService<EventProducer>().Build())
            .AddSingleton<EventPublisher>()
            .AddSingleton<SlackEventsTopic>();
    }
}
