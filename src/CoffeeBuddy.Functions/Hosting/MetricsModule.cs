using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Polly.Telemetry;

namespace CoffeeBuddy.Functions.Hosting;

public static class MetricsModule
{
    /// <summary>The worker's metrics, those of Slack calls and of resilience pipelines among them.</summary>
    public static IServiceCollection AddWorkerMetrics(this IServiceCollection services)
    {
        services
            .AddSingleton<WorkerMetrics>()
            .AddHostedService(provider => provider.GetRequiredService<WorkerMetrics>())
            .AddSingleton<Action<SlackCall>>(provider =>
            {
                var metrics = provider.GetRequiredService<WorkerMetrics>();
                return call => metrics.SlackCalled(call.Method, call.Error ?? "ok", call.Duration);
            });
        services
            .AddOptions<TelemetryOptions>()
            .PostConfigure(telemetry =>
            {
                telemetry.TelemetryListeners.Add(new ResilienceMetrics());
                // Polly logs results and exceptions, which can contain what people order. Callers log failures
                // themselves.
                telemetry.LoggerFactory = NullLoggerFactory.Instance;
            });
        return services;
    }
}
