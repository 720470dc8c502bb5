using System.Net;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Slack.Api;

public static class SlackServiceCollectionExtensions
{
    private const int MaxAnswerBytes = 1024 * 1024;

    /// <summary>
    /// Adds <see cref="SlackClient"/>, with <see cref="SlackOptions"/> from section <c>Slack</c>. An
    /// <see cref="Action{SlackCall}"/> among the services is told of every call.
    /// </summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<SlackOptions>()
            .Bind(configuration.GetSection(SlackOptions.Section))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(provider => new SlackRateLimiter(
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<IOptions<SlackOptions>>().Value.RateShare
        ));
        services.AddSingleton(provider => new SlackTransport(
            CreateHttpClient(provider.GetRequiredService<IOptions<SlackOptions>>().Value),
            provider.GetRequiredService<IOptionsMonitor<SlackOptions>>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetService<Action<SlackCall>>()
        ));
        services.AddSingleton<SlackClient>();
        return services;
    }

    /// <summary>A client that lives as long as the process: it notices changed addresses by renewing its connections.</summary>
    internal static HttpClient CreateHttpClient(SlackOptions options)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (options.Proxy is not null)
            handler.Proxy = new WebProxy(options.Proxy);
        return new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxAnswerBytes,
        };
    }
}
