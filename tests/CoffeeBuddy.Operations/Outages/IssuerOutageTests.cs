using System.Net;
using System.Text;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Operations.Tokens;
using Microsoft.Extensions.DependencyInjection;
using Polly.Telemetry;
using Prometheus;

namespace CoffeeBuddy.Operations.Outages;

/// <summary>The OIDC issuer fails for a moment, or for longer.</summary>
public sealed class IssuerOutageTests
{
    // 200 ms and 400 ms with Polly's jitter. Together they are below the second that a request waits.
    private static readonly TimeSpan LongestFirstDelay = TimeSpan.FromMilliseconds(280);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(570);

    [Theory]
    [InlineData(1, 200)]
    [InlineData(3, 503)]
    public async Task A_question_is_asked_three_times_before_the_issuer_counts_as_unavailable(int failures, int status)
    {
        await using var gate = new TokenGate(
            settings: [],
            services =>
                services
                    .AddOptions<TelemetryOptions>()
                    .Configure(telemetry => telemetry.TelemetryListeners.Add(new ResilienceMetrics()))
        );
        Assert.Equal(200, await gate.StatusAsync(gate.Issuer.OpaqueToken()));
        var retries = await RetriesAsync();
        var faults = new Queue<HttpStatusCode>(Enumerable.Repeat(HttpStatusCode.ServiceUnavailable, failures));
        gate.Issuer.Fault = () => faults.TryDequeue(out var fault) ? new HttpResponseMessage(fault) : null;

        var asked = Math.Min(failures + 1, 3);

        var answer = gate.StatusAsync(gate.Issuer.OpaqueToken());
        for (var retry = 1; retry < asked; retry++)
        {
            await gate.Time.WaitsAsync(wait => wait > TimeSpan.Zero && wait < LongestDelay, retry);
            gate.Time.Advance(retry == 1 ? LongestFirstDelay : LongestDelay);
        }

        Assert.Equal(status, await answer);
        Assert.Equal(1 + asked, gate.Issuer.Questions);
        Assert.Equal(retries + asked - 1, await RetriesAsync());
    }

    private static async Task<double> RetriesAsync()
    {
        using var text = new MemoryStream();
        await Metrics.DefaultRegistry.CollectAndExportAsTextAsync(text, TestContext.Current.CancellationToken);
        return Exposition
            .Parse(Encoding.UTF8.GetString(text.ToArray()))
            .Value(
                "coffeebuddy_resilience_events_total",
                "pipeline=\"oidc\"",
                "strategy=\"Retry\"",
                "event=\"OnRetry\""
            );
    }
}
