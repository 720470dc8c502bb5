using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Polly;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;

namespace CoffeeBuddy.Slack.Api;

/// <summary>
/// The resilience pipeline of the Web API client: a time limit for each call, and within it two repetitions after an
/// error code that Slack does not document, which may be temporary or not. Other failures are repeated by the retry
/// policy of the function that makes the call.
/// </summary>
internal static class SlackResilience
{
    /// <summary>The pipeline's name in the registry and in Polly's metrics and logs.</summary>
    public const string PipelineName = "slack";

    private static readonly ResiliencePropertyKey<SlackMethod> Method = new("slack.method");

    public static void Add(IServiceCollection services) =>
        services.AddResiliencePipeline(
            PipelineName,
            (pipeline, context) =>
            {
                var options = context.ServiceProvider.GetRequiredService<IOptionsMonitor<SlackOptions>>();
                pipeline.TimeProvider = context.ServiceProvider.GetRequiredService<TimeProvider>();
                pipeline.AddTimeout(
                    new TimeoutStrategyOptions
                    {
                        Name = "timeout",
                        TimeoutGenerator = call => ValueTask.FromResult(TimeLimit(call.Context, options.CurrentValue)),
                    }
                );
                pipeline.AddRetry(
                    new RetryStrategyOptions
                    {
                        Name = "undocumented-error",
                        MaxRetryAttempts = 2,
                        Delay = TimeSpan.FromSeconds(1),
                        BackoffType = DelayBackoffType.Exponential,
                        ShouldHandle = call =>
                            ValueTask.FromResult(
                                call.Outcome.Exception is SlackApiException { Kind: SlackErrorKind.Permanent } failure
                                    && !SlackErrors.IsDocumented(failure.Error)
                                    && !MethodOf(call.Context).IsInteractive
                            ),
                    }
                );
            }
        );

    public static ResiliencePipeline GetPipeline(IServiceProvider services) =>
        services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline(PipelineName);

    /// <exception cref="TimeoutRejectedException">The time limit has passed.</exception>
    public static async Task<T> ExecuteAsync<T, TState>(
        this ResiliencePipeline pipeline,
        SlackMethod method,
        TState state,
        Func<TState, CancellationToken, Task<T>> call,
        CancellationToken cancellationToken
    )
    {
        var context = ResilienceContextPool.Shared.Get(method.Name, cancellationToken);
        context.Properties.Set(Method, method);
        try
        {
            return await pipeline.ExecuteAsync(
                static async (context, call) => await call.Call(call.State, context.CancellationToken),
                context,
                (Call: call, State: state)
            );
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private static TimeSpan TimeLimit(ResilienceContext context, SlackOptions options) =>
        MethodOf(context).IsInteractive ? options.ViewTimeout : options.Timeout;

    private static SlackMethod MethodOf(ResilienceContext context) =>
        context.Properties.GetValue(Method, SlackMethod.PostMessage);
}
