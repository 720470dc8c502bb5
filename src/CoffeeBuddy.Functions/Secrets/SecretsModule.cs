using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace CoffeeBuddy.Functions.Secrets;

public static class SecretsModule
{
    /// <summary>Reads these sources again while the worker runs.</summary>
    public static IServiceCollection AddSecretRefresh(
        this IServiceCollection services,
        IReadOnlyList<SecretSource> sources
    ) =>
        sources.Count == 0
            ? services
            : services.AddHostedService(provider => new SecretRefresh(
                sources,
                provider.GetRequiredService<WorkerMetrics>(),
                provider.GetRequiredService<TimeProvider>(),
                provider.GetRequiredService<ILogger<SecretRefresh>>()
            ));
}
