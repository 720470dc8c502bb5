using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace OnPremFunctions.Hosting;

/// <summary>Ready: not draining, and every Kafka function has joined its group once. A broker that goes later changes nothing here.</summary>
internal sealed class IntakeHealth(HostState state) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (state.IsDraining)
            return Task.FromResult(HealthCheckResult.Unhealthy("draining"));
        if (state.Listeners is null)
            return Task.FromResult(HealthCheckResult.Unhealthy("starting"));

        var waiting = state.Listeners.Where(static listener => !listener.IsReady).Select(static listener => listener.FunctionName).ToList();
        return Task.FromResult(waiting.Count == 0
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"not yet in their consumer groups: {string.Join(", ", waiting)}"));
    }
}

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
