using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
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
        if (state.Options.ManagementPort is { } port)
        {
            app.MapWhen(http => ManagementPort.IsOf(http, port), management => Serve(management, MapHost));
            Serve(app, MapFunctions);
        }
        else
        {
            Serve(app, MapFunctions, MapHost);
        }

        void MapFunctions(IEndpointRouteBuilder endpoints) =>
            HttpFunctions.Map(endpoints, state.Functions, services.GetRequiredService<InvocationRunner>(), metrics);

        void MapHost(IEndpointRouteBuilder endpoints) =>
            HostEndpoints.Map(endpoints, state, metrics, services.GetRequiredService<HealthCheckService>());
    }

    private static void Serve(IApplicationBuilder app, params Action<IEndpointRouteBuilder>[] maps)
    {
        app.UseRouting();
        app.UseEndpoints(endpoints => Array.ForEach(maps, map => map(endpoints)));
    }
}
