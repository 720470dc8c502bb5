using CoffeeBuddy.Data.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Polly;
using Polly.RateLimiting;
using Polly.Registry;
using Polly.Retry;
using Polly.Telemetry;
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

    [Fact]
    public async Task The_logs_of_the_pipeline_contain_no_results_and_no_line_for_each_successful_call()
    {
        await using var services = TestDatabase.Build(
            new DataOptions { ConnectionString = "Host=db" },
            new FakeTimeProvider()
        );
        var telemetry = services.GetRequiredService<IOptions<TelemetryOptions>>().Value;
        var context = ResilienceContextPool.Shared.Get(TestContext.Current.CancellationToken);
        var source = new ResilienceTelemetrySource("postgres", null, "reconnect");

        Assert.Null(telemetry.ResultFormatter(context, "a large latte"));
        Assert.Equal(
            ResilienceEventSeverity.Debug,
            telemetry.SeverityProvider!(
                new(source, new(ResilienceEventSeverity.Information, "ExecutionAttempt"), context)
            )
        );
        Assert.Equal(
            ResilienceEventSeverity.Error,
            telemetry.SeverityProvider!(new(source, new(ResilienceEventSeverity.Error, "OnCircuitOpened"), context))
        );
        ResilienceContextPool.Shared.Return(context);
    }

    private static T Named<T>(Polly.ResilienceStrategyOptions? options, string name)
        where T : Polly.ResilienceStrategyOptions
    {
        var typed = Assert.IsType<T>(options);
        Assert.Equal(name, typed.Name);
        return typed;
    }
}
