using CoffeeBuddy.Slack.Api;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace CoffeeBuddy.Functions.SocketMode;

public static class SocketModeModule
{
    /// <summary>Slack's requests over Socket Mode, where <c>Slack:AppToken</c> is set.</summary>
    public static IServiceCollection AddSocketMode(this IServiceCollection services)
    {
        services
            .AddOptions<SlackOptions>()
            .Validate<IConfiguration>(
                static (slack, configuration) =>
                    !slack.UsesSocketMode || string.IsNullOrEmpty(configuration["Functions:Worker:HostEndpoint"]),
                "Slack:AppToken must not be set: Socket Mode is not available on the Azure Functions host."
            );
        services.AddHealthChecks().AddCheck<SocketModeService>("slack");
        return services
            .AddSingleton<EnvelopeHandler>()
            .AddSingleton<SocketModeService>()
            .AddHostedService(provider => provider.GetRequiredService<SocketModeService>());
    }
}
