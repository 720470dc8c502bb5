using CoffeeBuddy.Functions.Hosting;
using Confluent.Kafka;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
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
            .Configure<IOptionsMonitor<KafkaOptions>>((client, kafka) => kafka.CurrentValue.Configure(client));
        services.AddSingleton<IOptionsChangeTokenSource<ClientConfig>, KafkaSettingsChange>();
        services.TryAddSingleton<KafkaFailureLog>();
        services.AddHealthChecks().AddCheck<KafkaAccessHealth>("kafka");
        return services
            .AddSingleton<RecordSeal>()
            .AddSingleton<ProducerFactory>()
            .AddSingleton<EventProducer>()
            .AddSingleton<PublishedMarks>()
            .AddSingleton<EventPublisher>()
            .AddSingleton<KafkaAccess>()
            .AddSingleton<KafkaAccessHealth>()
            .AddHostedService(provider => provider.GetRequiredService<KafkaAccessHealth>())
            .AddSingleton<SlackEventsTopic>();
    }

    /// <summary>
    /// Passes a change of <see cref="KafkaOptions"/> on to the clients. Not the configuration's own change: the options
    /// may not have followed it yet.
    /// </summary>
    private sealed class KafkaSettingsChange : IOptionsChangeTokenSource<ClientConfig>
    {
        private ConfigurationReloadToken _change = new();

        public KafkaSettingsChange(IOptionsMonitor<KafkaOptions> kafka) =>
            kafka.OnChange(_ => Interlocked.Exchange(ref _change, new()).OnReload());

        public string Name => Options.DefaultName;

        public IChangeToken GetChangeToken() => Volatile.Read(ref _change);
    }
}
