using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Functions;

/// <summary>Chooses the host. Everything else in this program is the same on both.</summary>
public static class WorkerHost
{
    /// <summary>
    /// Runs as the worker of an Azure Functions host if one started this process, otherwise serves the functions itself.
    /// </summary>
    public static async Task RunAsync(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        if (builder.IsStartedByAzureFunctionsHost())
        {
            // The Azure Functions host logs: the worker sends it each line over gRPC.
            builder.ConfigureFunctionsWebApplication();
            builder.AddCoffeeBuddy();
            await builder.Build().RunAsync();
            return;
        }

        builder
            .Logging.ClearProviders()
            .AddJsonConsole(console =>
                (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "O")
            );
        builder.AddCoffeeBuddy();
        await builder.BuildOnPremHost().RunAsync();
    }
}
