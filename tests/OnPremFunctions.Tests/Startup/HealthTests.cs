using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using Moq;
using OnPremFunctions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Startup;

/// <remarks>Metrics are those of the process, so no other host may run meanwhile.</remarks>
[CollectionDefinition(nameof(HealthTests), DisableParallelization = true)]
[Collection(nameof(HealthTests))]
public sealed class HealthTests
{
    [Fact]
    public async Task A_draining_host_is_not_ready_and_logs_no_error_for_that()
    {
        await using var host = await TestHost.StartAsync(typeof(Nightly));
        await host.ReadyAsync();
        Assert.Equal(1, await host.MetricAsync("functions_host_ready"));

        host.Services.GetRequiredService<HostState>().Drain();
        using var answer = await host.GetAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("draining", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(0, await host.MetricAsync("functions_host_ready"));
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_failed_health_check_of_the_application_makes_the_host_unready_and_is_logged()
    {
        await using var host = await TestHost.StartAsync(
            [typeof(Nightly)],
            configure: static builder =>
                builder
                    .Services.AddHealthChecks()
                    .AddCheck("database", static () => HealthCheckResult.Unhealthy("away"))
        );

        using var ready = await host.GetAsync("/healthz/ready");
        using var live = await host.GetAsync("/healthz/live");

        Assert.Equal((HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK), (ready.StatusCode, live.StatusCode));
        Assert.Equal(0, await host.MetricAsync("functions_host_ready"));
        Assert.Equal(
            "Unhealthy\ndatabase: away",
            await ready.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)
        );
        Assert.Contains(
            host.Logs.Lines,
            static line => line.Level == LogLevel.Error && line.Text.Contains("away", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_listener_that_stopped_polling_fails_liveness()
    {
        await using var host = await TestHost.StartAsync(typeof(Nightly));
        var state = host.Services.GetRequiredService<HostState>();
        var stopped = Mock.Of<ITriggerListener>(static listener =>
            listener.FunctionName == "Stopped" && !listener.IsAlive
        );
        state.Listeners = [.. state.Listeners!, stopped];

        using var live = await host.GetAsync("/healthz/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.StatusCode);
    }

    private sealed class Nightly
    {
        [Function("Nightly")]
        public static void Run([TimerTrigger("0 0 3 * * *", UseMonitor = false)] TimerInfo timer) => _ = timer;
    }
}
