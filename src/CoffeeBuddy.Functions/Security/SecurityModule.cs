using System.Net;
using CoffeeBuddy.Functions.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Polly;
using Polly.Registry;
using Polly.Retry;

namespace CoffeeBuddy.Functions.Security;

public static class SecurityModule
{
    /// <summary>Name of the HTTP client that calls the issuer, and of its resilience pipeline.</summary>
    public const string Issuer = "oidc";

    /// <summary>Limit of an answer's body, in bytes.</summary>
    private const long MaxAnswer = 256 * 1024;

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
        services.AddSingleton<TokenIntrospection>();
        services.AddSingleton<IssuerMetadata>();
        services.TryAddSingleton(TimeProvider.System);
        services.AddResiliencePipeline<string, HttpResponseMessage>(
            Issuer,
            (pipeline, context) =>
            {
                pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                pipeline.AddTimeout(IssuerTimeout).AddRetry(Retry());
            }
        );
        services
            .AddHttpClient(Issuer, client => client.Timeout = Timeout.InfiniteTimeSpan)
            // A redirect could lead to plain HTTP, and no endpoint of an issuer needs one.
            .UseSocketsHttpHandler((handler, _) => handler.AllowAutoRedirect = false)
            .AddHttpMessageHandler(provider => new ResilienceHandler(
                provider
                    .GetRequiredService<ResiliencePipelineProvider<string>>()
                    .GetPipeline<HttpResponseMessage>(Issuer)
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

    /// <summary>
    /// Runs each request of an <see cref="HttpClient"/> through a pipeline, with the answer's body, which can be as slow
    /// as the answer.
    /// </summary>
    private sealed class ResilienceHandler(ResiliencePipeline<HttpResponseMessage> pipeline) : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(
            HttpRequestMessage request,
            CancellationToken cancellationToken
        ) =>
            await pipeline.ExecuteAsync(
                async token =>
                {
                    var response = await base.SendAsync(request, token);
                    try
                    {
                        await response.Content.LoadIntoBufferAsync(MaxAnswer, token);
                        return response;
                    }
                    catch
                    {
                        response.Dispose();
                        throw;
                    }
                },
                cancellationToken
            );
    }
}
