using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OnPremFunctions.Hosting;

/// <summary>Live: every listener still looks for work.</summary>
internal sealed class PollingHealth(HostState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        List<string> stuck = [.. state.Listeners?.Where(static listener => !listener.IsAlive).Select(static listener => listener.FunctionName) ?? []];
        return Task.FromResult(state.IsDraining || stuck.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"stuck: {string.Join(", ", stuck)}"));
    }
}
