using System.Threading.RateLimiting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Npgsql;
using Polly;
using Polly.DependencyInjection;
using Polly.RateLimiting;
using Polly.Retry;
using Polly.Timeout;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The pipeline of every call to PostgreSQL, from the outside in: total time limit, queue of the run, queue of the
/// pool, breaker, time limit of the work, one repetition over a new connection. The queues come before the breaker, so
/// that calls that wait are refused at once when it opens.
/// </summary>
internal static class DatabaseResilience
{
    /// <summary>The pipeline's name in the registry and in Polly's metrics and logs.</summary>
    public const string PipelineName = "postgres";

    /// <summary>Most calls that wait for one run: room for 300 orders at once.</summary>
    public const int RunQueueLimit = 500;

    /// <summary>Most calls that wait for a connection of the pool.</summary>
    public const int PoolQueueLimit = 1000;

    /// <summary>When a call that was refused because of others makes sense again.</summary>
    public static readonly TimeSpan BusyRetryAfter = TimeSpan.FromSeconds(1);

    /// <summary>The run whose lock the call takes.</summary>
    public static readonly ResiliencePropertyKey<Guid> Run = new("coffeebuddy.run");

    /// <summary>
    /// Calls of one run at a time, so that one run does not take the whole pool: 8 of 20 connections.
    /// </summary>
    public static int RunConcurrency(int poolSize) => Math.Max(1, poolSize * 2 / 5);

    public static void Configure(ResiliencePipelineBuilder pipeline, AddResiliencePipelineContext<string> context)
    {
        var services = context.ServiceProvider;
        var options = services.GetRequiredService<IOptionsMonitor<DataOptions>>().CurrentValue;
        pipeline.TimeProvider = services.GetRequiredService<TimeProvider>();
        pipeline
            .AddTimeout(new TimeoutStrategyOptions { Name = "total", Timeout = options.TotalTimeout })
            .AddRateLimiter(RunQueue(context, options))
            .AddRateLimiter(PoolQueue(context, options))
            .AddConsecutiveFailuresBreaker(
                new()
                {
                    FailuresToOpen = options.FailuresToOpen,
                    BreakDuration = options.OpenFor,
                    StateProvider = services.GetRequiredService<BreakerStateProvider>(),
                    ShouldHandle = exception => exception is OutageException,
                    // A refused statement is an answer of a server that is up. Any other exception may have come before
                    // one.
                    ShouldIgnore = exception => exception is not (OutageException or PostgresException),
                }
            )
            .AddTimeout(new TimeoutStrategyOptions { Name = "timeout", Timeout = options.CommandTimeout })
            .AddRetry(
                new RetryStrategyOptions
                {
                    Name = "reconnect",
                    MaxRetryAttempts = 1,
                    Delay = TimeSpan.Zero,
                    ShouldHandle = new PredicateBuilder().Handle<OutageException>(outage => outage.Repeatable),
                }
            );
    }

    private static RateLimiterStrategyOptions RunQueue(
        AddResiliencePipelineContext<string> context,
        DataOptions options
    )
    {
        var limits = new ConcurrencyLimiterOptions
        {
            PermitLimit = RunConcurrency(ConnectionSettings.PoolSizeOf(options)),
            QueueLimit = RunQueueLimit,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        };
        var limiter = PartitionedRateLimiter.Create<ResilienceContext, Guid>(call =>
            call.Properties.TryGetValue(Run, out var runId)
                ? RateLimitPartition.GetConcurrencyLimiter(runId, _ => limits)
                : RateLimitPartition.GetNoLimiter(Guid.Empty)
        );
        context.OnPipelineDisposed(limiter.Dispose);
        return new()
        {
            Name = "run-queue",
            RateLimiter = call => limiter.AcquireAsync(call.Context, 1, call.Context.CancellationToken),
        };
    }

    // As many calls as the pool has connections: so a call never waits inside Npgsql's pool, where a timeout could not
    // be told from a server that does not accept connections.
    private static RateLimiterStrategyOptions PoolQueue(
        AddResiliencePipelineContext<string> context,
        DataOptions options
    )
    {
        var limiter = new ConcurrencyLimiter(
            new()
            {
                PermitLimit = ConnectionSettings.PoolSizeOf(options),
                QueueLimit = PoolQueueLimit,
                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
            }
        );
        context.OnPipelineDisposed(limiter.Dispose);
        return new()
        {
            Name = "pool-queue",
            RateLimiter = call => limiter.AcquireAsync(1, call.Context.CancellationToken),
        };
    }
}
