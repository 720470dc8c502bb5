using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly.Telemetry;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A <see cref="Database"/> as the application builds it, on a clock that the test moves.</summary>
internal static class TestDatabase
{
    /// <returns>The services; they own the database.</returns>
    public static ServiceProvider Build(DataOptions options, TimeProvider time, TelemetryListener? listener = null) =>
        Follow(new ChangingOptions<DataOptions>(options), time, listener);

    /// <summary>The same, with options that change while it is in use.</summary>
    public static ServiceProvider Follow(
        ChangingOptions<DataOptions> options,
        TimeProvider time,
        TelemetryListener? listener = null,
        TlsOptions? tls = null
    )
    {
        var services = new ServiceCollection()
            .AddLogging()
            .AddSingleton(time)
            .AddSingleton<IOptionsMonitor<DataOptions>>(options)
            .AddSingleton(Options.Create(tls ?? new TlsOptions()));
        if (listener is not null)
            services.Configure<TelemetryOptions>(telemetry => telemetry.TelemetryListeners.Add(listener));
        return services.AddDatabase().BuildServiceProvider();
    }
}

/// <summary>Options that the test changes while they are in use.</summary>
internal sealed class ChangingOptions<T>(T value) : IOptionsMonitor<T>
{
    public T CurrentValue { get; set; } = value;

    public T Get(string? name) => CurrentValue;

    public IDisposable? OnChange(Action<T, string?> listener) => null;
}
