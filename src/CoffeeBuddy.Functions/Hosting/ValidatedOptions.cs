using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.Hosting;

internal static class ValidatedOptions
{
    /// <summary>
    /// Binds options to a section of the configuration; the worker does not start when their data annotations are
    /// violated.
    /// </summary>
    public static IServiceCollection AddValidatedOptions<T>(
        this IServiceCollection services,
        IConfiguration configuration,
        string section
    )
        where T : class
    {
        services.AddOptions<T>().Bind(configuration.GetSection(section)).ValidateDataAnnotations().ValidateOnStart();
        return services;
    }
}
