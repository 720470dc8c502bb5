using CoffeeBuddy.Data.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.RateLimiting;
using Polly.Registry;
using Polly.Retry;
using Polly.Testing;
using Polly.Timeout;

namespace CoffeeBuddy.Data.Tests;

public sealed class DatabaseResilienceTests
{
    [Fact]
    public async Task The_pipeline_is_built_from_the_options_from_the_outside_in()
    {
        var options = new DataOptions
        {
            ConnectionString = "Host=db",
            FailuresToOpen = 7,
            OpenFor = TimeSpan.FromSeconds(12),
            CommandTimeout = TimeSpan.FromSeconds(4),
            TotalTimeout = TimeSpan.FromSeconds(9),
        };
        await using var services = TestDatabase.Build(options, new FakeTimeProvider());

        var pipeline = services
            .GetRequiredService<ResiliencePipelineProvider<string>>()
            .GetPipeline("postgres")
            .GetPipelineDescriptor();

        Assert.Collection(
            pipeline.Strategies.Select(strategy => strategy.Options),
            total => Assert.Equal(options.TotalTimeout, Named<TimeoutStrategyOptions>(total, "total").Timeout),
            run => Named<RateLimiterStrategyOptions>(run, "run-queue"),
            pool => Named<RateLimiterStrategyOptions>(pool, "pool-queue"),
            breaker =>
            {
                var named = Named<ConsecutiveFailuresBreakerOptions>(breaker, "breaker");
                Assert.Equal((7, options.OpenFor), (named.FailuresToOpen, named.BreakDuration));
            },
            timeout => Assert.Equal(options.CommandTimeout, Named<TimeoutStrategyOptions>(timeout, "timeout").Timeout),
            retry => Assert.Equal(1, Named<RetryStrategyOptions>(retry, "reconnect").MaxRetryAttempts)
        );
    }

    private static T Named<T>(Polly.ResilienceStrategyOptions? options, string name)
        where T : Polly.ResilienceStrategyOptions
    {
        var typed = Assert.IsType<T>(options);
        Assert.Equal(name, typed.Name);
        return typed;
    }
}
