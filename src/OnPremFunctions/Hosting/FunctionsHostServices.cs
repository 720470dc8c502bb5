using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;
using OnPremFunctions.Kafka;
using OnPremFunctions.Timers;

namespace OnPremFunctions.Hosting;

internal static class FunctionsHostServices
{
    public static void AddFunctionsHost(this WebApplicationBuilder web)
    {
        // In development ASP.NET Core checks the services while it builds, and would throw before the other faults are known.
        web.Host.UseDefaultServiceProvider(
            static (context, options) => options.ValidateScopes = context.HostingEnvironment.IsDevelopment()
        );
        var services = web.Services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<FunctionMetrics>();
        services.AddSingleton<Overruns>();
        services.AddSingleton<FunctionExecutor>();
        services.AddSingleton<FunctionsHostStartup>();
        services.AddSingleton<HostState>();
        services.AddSingleton<KafkaListenerFactory>();
        services.AddSingleton<TimerListenerFactory>();
        services.AddSingleton<HttpFarewell>();
        services
            .AddOptions<KestrelServerOptions>()
            .Configure<HttpFarewell>(
                static (kestrel, farewell) =>
                    kestrel.ConfigureEndpointDefaults(listen =>
                        listen.Use(next => connection => farewell.LingerAsync(connection, next))
                    )
            );
        services.AddHostedService<TriggerService>();
        services.AddOptions<ClientConfig>().ValidateOnStart();
        services.AddProblemDetails();
        services.Configure<KestrelServerOptions>(static kestrel => kestrel.AddServerHeader = false);
        services.AddHealthChecks().AddCheck<PollingHealth>("polling", tags: [HostEndpoints.LiveTag]);
    }
}
