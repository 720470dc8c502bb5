using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>Liveness: every listener still polls, and no call is stuck.</summary>
internal sealed class PollingHealth(HostState state, StuckInvocationMonitor monitor) : IHealthCheck
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
        List<string> stuck = [.. silent.Union(monitor.Functions, StringComparer.Ordinal)];
        return Task.FromResult(
            state.IsDraining || stuck.Count == 0
                ? HealthCheckResult.Healthy()
                : HealthCheckResult.Unhealthy($"stuck: {string.Join(", ", stuck)}")
        );
    }
}
