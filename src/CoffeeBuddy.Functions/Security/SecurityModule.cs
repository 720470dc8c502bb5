using System.Net;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.Registry;
using Polly.Retry;

namespace CoffeeBuddy.Functions.Security;

public static class SecurityModule
{
    /// <summary>Limit for one question to the issuer, its retries included.</summary>
    private static readonly TimeSpan IssuerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Authentication of HTTP functions, with <see cref="OidcOptions"/> from section <c>Oidc</c>.</summary>
    /// <param name="functions">The types whose functions may be called over HTTP; the worker does not start when one of
    /// them names no authentication.</param>
    public static IServiceCollection AddSecurity(
        this IServiceCollection services,
        IConfiguration configuration,
        IEnumerable<Type> functions
    )
    {
        services.AddValidatedOptions<OidcOptions>(configuration, "Oidc");
        services
            .AddOptions<AuthenticationTable>()
            .Configure(table => table.Add(functions))
            .ValidateDataAnnotations()
            .ValidateOnStart();
        services.AddValidatedOptions<LimitOptions>(configuration, "Limits");
        services.AddSingleton<RequestLimits>();
        services.AddSingleton<SlackSignatureCheck>();
        services.AddSingleton<ReplayCheck>();
        services.AddSingleton<BearerTokenCheck>();
        services.AddSingleton<TokenValidator>();
        services.AddResiliencePipeline<string, HttpResponseMessage>(
            TokenValidator.Pipeline,
            pipeline => pipeline.AddTimeout(IssuerTimeout).AddRetry(Retry())
        );
        services
            .AddHttpClient(TokenValidator.Pipeline, client => client.Timeout = Timeout.InfiniteTimeSpan)
            .AddHttpMessageHandler(provider => new ResilienceHandler(
                provider
                    .GetRequiredService<ResiliencePipelineProvider<string>>()
                    .GetPipeline<HttpResponseMessage>(TokenValidator.Pipeline)
            ));
        return services;
    }

    private static RetryStrategyOptions<HttpResponseMessage> Retry() =>
        new()
        {
            MaxRetryAttempts = 2,
            Delay = TimeSpan.FromMilliseconds(200),
            BackoffType = DelayBackoffType.Exponential,
            UseJitter = true,
            ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                .Handle<HttpRequestException>()
                .HandleResult(response => response.StatusCode >= HttpStatusCode.InternalServerError),
        };

    /// <summary>Runs each request of an <see cref="HttpClient"/> through a pipeline.</summary>
    private sealed class ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) => await pipeline.ExecuteAsync(async token => await base.SendAsync(request, token), cancellationToken);
    }
}
