using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>Live: every listener still looks for work, and no call goes on long after its time was over.</summary>
internal sealed class PollingHealth(HostState state, Overruns overruns) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(
        HealthCheckContext context,
        CancellationToken cancellationToken = default
    )
    {
        var silent =
            state
                .Listeners?.Where(static listener => !listener.IsAlive)
                .Select(static listener => listener.FunctionName)
            ?? [];
        List<string> stuck = [.. silent.Union(overruns.Functions, StringComparer.Ordinal)];
        return Task.FromResult(
            state.IsDraining || stuck.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"stuck: {string.Join(", ", stuck)}")
        );
    }
}
