using System.Net;
using System.Security.Authentication;
using CoffeeBuddy.Core.Security;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace CoffeeBuddy.Slack.Api;

public static class SlackServiceCollectionExtensions
{
    private const int MaxResponseBytes = 1024 * 1024;

    /// <summary>
    /// Adds <see cref="SlackClient"/>, with <see cref="SlackOptions"/> from section <c>Slack</c>. An
    /// <see cref="Action{SlackCall}"/> among the services is called after every call.
    /// </summary>
    public static IServiceCollection AddSlack(this IServiceCollection services, IConfiguration configuration)
    {
        services
            .AddOptions<SlackOptions>()
            .Bind(configuration.GetSection(SlackOptions.Section))
            .ValidateDataAnnotations()
            // Not among the options' own rules: they are not checked when another field is missing.
            .Validate(
                static slack => !string.IsNullOrWhiteSpace(slack.SigningSecret) || slack.UsesSocketMode,
                "Slack:SigningSecret is missing. Only with Slack:AppToken, for Socket Mode, it is not needed."
            )
            .ValidateOnStart();
        services.TryAddSingleton(TimeProvider.System);
        SlackResilience.Add(services);
        services.AddSingleton(provider =>
        {
            var options = provider.GetRequiredService<IOptionsMonitor<SlackOptions>>();
            var time = provider.GetRequiredService<TimeProvider>();
            return new SlackClient(
                new SlackTransport(
                    CreateHttpClient(
                        options.CurrentValue,
                        provider.GetRequiredService<IOptions<TlsOptions>>().Value.ProtocolsOf(TlsHops.Slack)
                    ),
                    SlackResilience.GetPipeline(provider),
                    new SlackRateLimiter(time, options.CurrentValue.RateShare),
                    options,
                    time,
                    provider.GetService<Action<SlackCall>>()
                )
            );
        });
        return services;
    }

    /// <summary>
    /// A client for the life of the process. It renews connections every 5 min, to follow changes of DNS.
    /// </summary>
    internal static HttpClient CreateHttpClient(SlackOptions options, SslProtocols protocols)
    {
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(5),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            SslOptions = { EnabledSslProtocols = protocols },
        };
        if (options.Proxy is not null)
            handler.Proxy = new WebProxy(options.Proxy);
        return new HttpClient(handler)
        {
            Timeout = Timeout.InfiniteTimeSpan,
            MaxResponseContentBufferSize = MaxResponseBytes,
        };
    }
}
