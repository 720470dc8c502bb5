using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Configuration section <c>Clock</c>.</summary>
public sealed class ClockOptions
{
    /// <summary>Where the sandbox tells the offset of its clock; only in Development.</summary>
    public Uri? Url { get; set; }
}

public static class ClockModule
{
    /// <summary>The system clock, or in Development the sandbox's clock where <c>Clock:Url</c> is set.</summary>
    public static IServiceCollection AddClock(
        this IServiceCollection services,
        IConfiguration configuration,
        IHostEnvironment environment
    )
    {
        var isDevelopment = environment.IsDevelopment();
        services
            .AddOptions<ClockOptions>()
            .Bind(configuration.GetSection("Clock"))
            .Validate(clock => clock.Url is null || isDevelopment, "Clock:Url is allowed only in Development.")
            .ValidateOnStart();
        return configuration["Clock:Url"] is { Length: > 0 } url && isDevelopment
            ? services.AddSingleton<TimeProvider>(_ => new SandboxTimeProvider(new Uri(url)))
            : services;
    }
}
