using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Hosting;

public static class HealthModule
{
    /// <summary>Readiness: the schema is new enough, and the hot paths are warm.</summary>
    public static IServiceCollection AddHealth(this IServiceCollection services)
    {
        services.AddSingleton<SchemaHealth>();
        services.AddHealthChecks().AddCheck<SchemaHealth>("schema");
        return services.AddHostedService<WarmUp>();
    }
}
