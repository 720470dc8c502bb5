using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using OnPremFunctions.Hosting;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Http;

/// <summary>What answers requests: the host's own endpoints and the HTTP functions.</summary>
internal static class HttpPipeline
{
    public static void Configure(IApplicationBuilder app)
    {
        var services = app.ApplicationServices;
        var state = services.GetRequiredService<HostState>();
        var metrics = services.GetRequiredService<FunctionMetrics>();
        var draining = services.GetRequiredService<ConnectionDraining>();
        app.Use(next => http => draining.AnswerAsync(http, next));
        // Gives every refusal without a body, such as 404 and 405, a problem+json body.
        app.UseStatusCodePages();
        var certificates = services.GetRequiredService<HttpsCertificates>();
        if (certificates.DemandsClientCertificate)
            app.Use(next => http => certificates.CheckClientAsync(http, next));
        app.UseRouting();
        app.UseEndpoints(endpoints =>
        {
            HttpFunctions.Map(endpoints, state.Functions, services.GetRequiredService<InvocationRunner>(), metrics);
            HostEndpoints.Map(endpoints, state, metrics, services.GetRequiredService<HealthCheckService>());
        });
    }
}
