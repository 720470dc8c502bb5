using CoffeeBuddy.Data.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A <see cref="Database"/> as the application builds it, on a clock that the test moves.</summary>
internal static class TestDatabase
{
    /// <returns>The services; they own the database.</returns>
    public static ServiceProvider Build(DataOptions options, TimeProvider time, TelemetryListener? listener = null)
    {
        var services = new ServiceCollection().AddLogging().AddSingleton(time).AddSingleton(Options.Create(options));
        if (listener is not null)
            services.Configure<TelemetryOptions>(telemetry => telemetry.TelemetryListeners.Add(listener));
        return services.AddDatabase().BuildServiceProvider();
    }
}
