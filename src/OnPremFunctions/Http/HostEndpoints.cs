using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;
using Prometheus;

namespace OnPremFunctions.Http;

/// <summary>Ping, health and metrics. Every process has them, also without HTTP functions.</summary>
internal static class HostEndpoints
{
    /// <summary>Health checks with this tag count for liveness, all others for readiness.</summary>
    public const string LiveTag = "live";

    public static IReadOnlyList<string> Routes { get; } =
    ["admin/host/ping", "healthz/live", "healthz/ready", "metrics"];

    public static void Map(
        IEndpointRouteBuilder endpoints,
        HostState state,
        FunctionMetrics metrics,
        HealthCheckService health
    )
    {
        endpoints.MapMethods(
            Routes[0],
            [HttpMethods.Get, HttpMethods.Head, HttpMethods.Post],
            static (HttpContext _) => Task.CompletedTask
        );
        endpoints.MapHealthChecks(Routes[1], new HealthCheckOptions { Predicate = static check => IsForLive(check) });
        endpoints
            .MapHealthChecks(
                Routes[2],
                new HealthCheckOptions
                {
                    Predicate = static check => !IsForLive(check),
                    ResponseWriter = WriteReasonsAsync,
                }
            )
            .Add(endpoint => endpoint.RequestDelegate = WhenReady(state, endpoint.RequestDelegate!));
        endpoints
            .MapMetrics(Routes[3])
            .Add(endpoint =>
            {
                var write = endpoint.RequestDelegate!;
                endpoint.RequestDelegate = async context =>
                {
                    metrics.HostIs(ready: await IsReadyAsync(state, health, context.RequestAborted));
                    await write(context);
                };
            });
    }

    /// <summary>
    /// Starting and draining are not a health check: ASP.NET Core logs each failed check as an error, and they are
    /// none.
    /// </summary>
    private static RequestDelegate WhenReady(HostState state, RequestDelegate checks) =>
        context =>
        {
            if (state.NotReadyBecause is not { } reason)
                return checks(context);

            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.CacheControl = "no-store, no-cache";
            return context.Response.WriteAsync(reason, context.RequestAborted);
        };

    private static async Task<bool> IsReadyAsync(
        HostState state,
        HealthCheckService health,
        CancellationToken cancellationToken
    ) =>
        state.NotReadyBecause is null
        && (await health.CheckHealthAsync(static check => !IsForLive(check), cancellationToken)).Status
            != HealthStatus.Unhealthy;

    /// <summary>The status, and a line for each check that failed.</summary>
    private static Task WriteReasonsAsync(HttpContext context, HealthReport report)
    {
        var reasons = report
            .Entries.Where(static entry => entry.Value.Status != HealthStatus.Healthy)
            .Select(static entry => $"{entry.Key}: {entry.Value.Description ?? $"{entry.Value.Status}"}");
        context.Response.ContentType = "text/plain";
        return context.Response.WriteAsync(
            string.Join('\n', reasons.Prepend($"{report.Status}")),
            context.RequestAborted
        );
    }

    private static bool IsForLive(HealthCheckRegistration check) => check.Tags.Contains(LiveTag);
}
