using CoffeeBuddy.Core;
using CoffeeBuddy.Functions.Api;
using CoffeeBuddy.Functions.Auth;
using CoffeeBuddy.Functions.Events;
using CoffeeBuddy.Functions.Http;
using CoffeeBuddy.Functions.Kafka;
using CoffeeBuddy.Functions.Mail;
using CoffeeBuddy.Functions.Messages;
using CoffeeBuddy.Functions.Slack;
using CoffeeBuddy.Functions.Timers;
using CoffeeBuddy.Slack;
using Confluent.Kafka;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions;

/// <summary>What the worker is made of; the same in every role, which differ only by the functions they select.</summary>
public static partial class WorkerServices
{
    /// <summary>Settings that triggers name and that hold unless something else is configured.</summary>
    private static readonly Dictionary<string, string?> Defaults = new()
    {
        ["Kafka:ConsumerGroup"] = "coffeebuddy",
        ["Sweep:Schedule"] = "*/5 * * * * *",
        ["Sweep:RetentionSchedule"] = "0 17 3 * * *",
    };

    private static readonly string[] SlackFunctions =
    [
        nameof(SlackCommands),
        nameof(SlackInteractions),
        nameof(SlackEvents),
    ];
    private static readonly string[] ApiFunctions =
    [
        nameof(CreateRun),
        nameof(ListRuns),
        nameof(GetRun),
        nameof(AddOrder),
        nameof(CompleteRun),
        nameof(CancelRun),
        nameof(GetPreferences),
    ];

    public static FunctionsApplicationBuilder AddCoffeeBuddy(this FunctionsApplicationBuilder builder)
    {
        builder.Configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = Defaults });
        builder.UseWhen<RetryMiddleware>(context => context.GetHttpContext() is null);
        builder.UseWhen<RefusalMiddleware>(context => context.GetHttpContext() is not null);
        builder.UseWhen<SlackRequestMiddleware>(context => SlackFunctions.Contains(context.FunctionDefinition.Name));
        builder.UseWhen<BearerTokenMiddleware>(context => ApiFunctions.Contains(context.FunctionDefinition.Name));

        var services = builder.Services;
        var configuration = builder.Configuration;
        if (configuration["Clock:Url"] is { Length: > 0 } clock)
            services.AddSingleton<TimeProvider>(new FollowedClock(new Uri(clock)));
        services.AddTransient(typeof(IOptionsFactory<>), typeof(ReadableOptionsFactory<>));
        AddOptions<CoffeeOptions>(services, configuration, "CoffeeBuddy");
        AddOptions<KafkaOptions>(services, configuration, "Kafka");
        AddOptions<OidcOptions>(services, configuration, "Oidc");
        AddOptions<SweepOptions>(services, configuration, "Sweep");
        AddOptions<EmailOptions>(services, configuration, "Email");
        services.AddCoffeeBuddyData(configuration);
        services.AddSlack(configuration);
        services.AddSingleton<Action<SlackCall>>(provider =>
        {
            var metrics = provider.GetRequiredService<WorkerMetrics>();
            return call => metrics.SlackCalled(call.Method, call.Error ?? "ok", call.Duration);
        });
        services.AddHttpClient(TokenValidator.HttpClientName, client => client.Timeout = TimeSpan.FromSeconds(5));
        services.AddSingleton<WorkerMetrics>();
        services.AddHostedService(provider => provider.GetRequiredService<WorkerMetrics>());
        services.AddSingleton<TokenValidator>();
        services
            .AddOptions<ClientConfig>()
            .Configure<IOptions<KafkaOptions>>((client, kafka) => kafka.Value.Configure(client));
        services.AddSingleton(CreateProducer);
        services.AddSingleton<EventPublisher>();
        services.AddSingleton<IKafkaDeadLetterHandler, DeadLetterPublisher>();
        services.AddSingleton<RunCloser>();
        services.AddSingleton<OrderForms>();
        services.AddSingleton<SlackIntake>();
        services.AddSingleton<DirectMessages>();
        services.AddSingleton<MessageDelivery>();
        services.AddSingleton<RunMessenger>();
        services.AddSingleton<RunAssigner>();
        services.AddSingleton<SmtpRelay>();
        services.AddSingleton<RunnerMailer>();
        services.AddSingleton<UserProfiles>();
        services.AddSingleton<AppHome>();
        services.AddSingleton<ClickHandler>();
        services.AddSingleton<SlackEventProcessor>();
        services.AddSingleton<SchemaHealth>();
        services.AddHealthChecks().AddCheck<SchemaHealth>("schema");
        services.AddHostedService<WarmUp>();
        return builder;
    }

    private static void AddOptions<T>(IServiceCollection services, ConfigurationManager configuration, string section)
        where T : class =>
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();

    private static IProducer<string, byte[]> CreateProducer(IServiceProvider services)
    {
        var logger = services.GetRequiredService<ILoggerFactory>().CreateLogger("CoffeeBuddy.Functions.Producer");
        var lifetime = services.GetRequiredService<IHostApplicationLifetime>();
        var config = new ProducerConfig
        {
            Acks = Acks.All,
            EnableIdempotence = true,
            LingerMs = 2,
            // What is not delivered by then is in the outbox still; the queue must not grow while Kafka is away.
            MessageTimeoutMs = 5000,
            QueueBufferingMaxMessages = 10_000,
        };
        services.GetRequiredService<IOptions<KafkaOptions>>().Value.Configure(config);
        return new ProducerBuilder<string, byte[]>(config)
            .SetLogHandler((_, _) => { })
            .SetErrorHandler(
                (_, error) =>
                {
                    Log.Producer(logger, error.Code, error.Reason);
                    // An idempotent producer does not recover from these: the worker starts anew.
                    if (error.IsFatal)
                        lifetime.StopApplication();
                }
            )
            .Build();
    }

    private static partial class Log
    {
        [LoggerMessage(LogLevel.Warning, "Kafka's producer reports {Code}: {Reason}")]
        public static partial void Producer(ILogger logger, ErrorCode code, string reason);
    }
}
