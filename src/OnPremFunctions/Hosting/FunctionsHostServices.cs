using Confluent.Kafka;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;
using OnPremFunctions.Kafka;
using OnPremFunctions.Timers;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Replaces the link to the Azure Functions host by Kestrel, Kafka consumers and timers in this process.
/// </summary>
internal static class FunctionsHostServices
{
    public static HostFile AddFunctionsHost(this FunctionsApplicationBuilder builder)
    {
        var hostFile = HostFile.AddTo(builder);
        RemoveWorkerLink(builder);
        // In development the builder would check the services while it builds, and throw before the other faults are
        // known.
        var isDevelopment = builder.Environment.IsDevelopment();
        builder.ConfigureContainer(
            new DefaultServiceProviderFactory(new ServiceProviderOptions { ValidateScopes = isDevelopment })
        );

        AddHost(builder.Services);
        AddHttp(builder);
        builder.Use(static _ => InvocationRunner.CallFunction);
        return hostFile;
    }

    /// <summary>
    /// Removes the service that connects to the Azure Functions host, and replaces the logger that writes to it by the
    /// console, which Microsoft's builder removed. After <c>ClearProviders()</c> there is nothing to replace.
    /// </summary>
    private static void RemoveWorkerLink(FunctionsApplicationBuilder builder)
    {
        var workerAssembly = typeof(FunctionContext).Assembly;
        foreach (var service in builder.Services.Where(IsLink).ToList())
        {
            builder.Services.Remove(service);
            if (service.ServiceType == typeof(ILoggerProvider))
                builder.Logging.AddConsole();
        }

        bool IsLink(ServiceDescriptor service) =>
            (service.ServiceType == typeof(IHostedService) || service.ServiceType == typeof(ILoggerProvider))
            && service.ImplementationType?.Assembly == workerAssembly;
    }

    private static void AddHost(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<KafkaFailureLog>();
        services.AddSingleton<FunctionMetrics>();
        services.AddSingleton<StuckInvocationMonitor>();
        services.AddSingleton<InvocationRunner>();
        services.AddSingleton<FunctionsHostStartup>();
        services.AddSingleton<HostState>();
        services.AddSingleton<KafkaListenerFactory>();
        services.AddSingleton<TimerListenerFactory>();
        services.AddHostedService<TriggerService>();
        services.AddOptions<ClientConfig>().ValidateOnStart();
        services.AddHealthChecks().AddCheck<PollingHealth>("polling", tags: [HostEndpoints.LiveTag]);
    }

    /// <summary>Added last, so that Kestrel listens when all other hosted services have started.</summary>
    private static void AddHttp(FunctionsApplicationBuilder builder)
    {
        var services = builder.Services;
        services.AddProblemDetails();
        services.AddSingleton<ConnectionDraining>();
        services.AddSingleton(static provider => new HttpFunctionDispatcher(
            provider.GetRequiredService<HostState>(),
            provider.GetRequiredService<InvocationRunner>(),
            provider.GetRequiredService<FunctionMetrics>(),
            provider.GetRequiredService<IServiceScopeFactory>()
        ));
        services.AddSingleton<HttpsCertificates>();
        services
            .AddOptions<HttpsOptions>()
            .Bind(builder.Configuration.GetSection(HttpsOptions.Section))
            .ValidateOnStart();
        services.AddSingleton<IValidateOptions<HttpsOptions>, HttpsFaults>();
        services.Configure<KestrelServerOptions>(static kestrel => kestrel.AddServerHeader = false);
        services
            .AddOptions<KestrelServerOptions>()
            .Configure<ConnectionDraining, HttpsCertificates>(
                static (kestrel, draining, certificates) =>
                {
                    kestrel.ConfigureEndpointDefaults(listen =>
                        listen.Use(next => connection => draining.LingerAsync(connection, next))
                    );
                    kestrel.ConfigureHttpsDefaults(certificates.Configure);
                }
            );
        new HostBuilderAdapter(builder).ConfigureWebHostDefaults(static web => web.Configure(HttpPipeline.Configure));
    }

    private sealed class HttpsFaults : IValidateOptions<HttpsOptions>
    {
        public ValidateOptionsResult Validate(string? name, HttpsOptions options) =>
            HttpsCertificates.FaultsOf(options).ToList() is { Count: > 0 } faults
                ? ValidateOptionsResult.Fail(faults)
                : ValidateOptionsResult.Success;
    }
}
