using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Prometheus;

namespace OnPremFunctions.Http;

/// <summary>What every role answers, whatever functions it serves.</summary>
internal static class HostEndpoints
{
    /// <summary>Health checks with this tag decide whether the process must be restarted; all others whether it gets traffic.</summary>
    public const string LiveTag = "live";

    public static IReadOnlyList<string> Routes { get; } = ["admin/host/ping", "healthz/live", "healthz/ready", "metrics"];

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapMethods(Routes[0], [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post], static (HttpContext _) => Task.CompletedTask);
        endpoints.MapHealthChecks(Routes[1], new HealthCheckOptions { Predicate = static check => IsForLive(check) });
        endpoints.MapHealthChecks(Routes[2], new HealthCheckOptions { Predicate = static check => !IsForLive(check) });
        endpoints.MapMetrics(Routes[3]);
    }

    private static bool IsForLive(HealthCheckRegistration check) => check.Tags.Contains(LiveTag);
}
