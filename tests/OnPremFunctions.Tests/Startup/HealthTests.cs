using System.Net;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Logging;
using OnPremFunctions.Hosting;
using OnPremFunctions.Tests.Support;

namespace OnPremFunctions.Tests.Startup;

public sealed class HealthTests
{
    [Fact]
    public async Task A_host_that_drains_says_so_to_its_probes_and_logs_no_errors_about_it()
    {
        await using var host = await TestHost.StartAsync(typeof(Nightly));
        await host.ReadyAsync();

        host.Services.GetRequiredService<HostState>().Drain();
        using var answer = await host.GetAsync("/healthz/ready");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("draining", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.DoesNotContain(host.Logs.Lines, static line => line.Level >= LogLevel.Warning);
    }

    [Fact]
    public async Task A_check_of_the_workers_own_decides_about_traffic_and_its_failure_is_logged()
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
        Assert.Contains(
            host.Logs.Lines,
            static line => line.Level == LogLevel.Error && line.Text.Contains("away", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_listener_that_has_ended_fails_liveness()
    {
        await using var host = await TestHost.StartAsync(typeof(Nightly));
        var state = host.Services.GetRequiredService<HostState>();
        using var ended = new Ended();
        state.Listeners = [.. state.Listeners!, ended];

        using var live = await host.GetAsync("/healthz/live");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, live.StatusCode);
    }

    private sealed class Nightly
    {
        [Function("Nightly")]
        public static void Run([TimerTrigger("0 0 3 * * *", UseMonitor = false)] TimerInfo timer) => _ = timer;
    }

    private sealed class Ended : ITriggerListener
    {
        public string FunctionName => nameof(Ended);

        public bool IsReady => true;

        public bool IsAlive => false;

        public void Start() { }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose() { }
    }
}
