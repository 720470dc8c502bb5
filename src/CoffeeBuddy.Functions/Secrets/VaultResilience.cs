using System.Net;
using Polly;
using Polly.Retry;
using Polly.Timeout;

namespace CoffeeBuddy.Functions.Secrets;

/// <summary>
/// The pipeline of every call to Vault. It is made here and not by the services, which do not exist yet when the first
/// secrets are read.
/// </summary>
internal static class VaultResilience
{
    public const string PipelineName = "vault";

    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);

    public static ResiliencePipeline<HttpResponseMessage> Create(TimeProvider time) =>
        new ResiliencePipelineBuilder<HttpResponseMessage> { Name = PipelineName, TimeProvider = time }
            .AddRetry(
                new RetryStrategyOptions<HttpResponseMessage>
                {
                    MaxRetryAttempts = 2,
                    Delay = TimeSpan.FromMilliseconds(300),
                    BackoffType = DelayBackoffType.Exponential,
                    UseJitter = true,
                    ShouldHandle = new PredicateBuilder<HttpResponseMessage>()
                        .Handle<HttpRequestException>()
                        .Handle<TimeoutRejectedException>()
                        .HandleResult(answer => IsTemporary(answer.StatusCode)),
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Name = "timeout", Timeout = AttemptTimeout })
            .Build();

    /// <summary>
    /// Vault's own: 412 (a replica is behind), 429 (rate limit quota), 503 (sealed or starting); and gateways' 502, 504.
    /// </summary>
    public static bool IsTemporary(HttpStatusCode status) =>
        status is HttpStatusCode.PreconditionFailed or HttpStatusCode.TooManyRequests
        || status >= HttpStatusCode.InternalServerError;
}
