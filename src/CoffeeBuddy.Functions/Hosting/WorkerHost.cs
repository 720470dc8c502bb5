using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Chooses the host. Everything else in this program is the same on both.</summary>
public static class WorkerHost
{
    /// <summary>
    /// Runs as the worker of an Azure Functions host if one started this process, otherwise serves the functions itself.
    /// </summary>
    /// <returns>The exit code: 0 after a stop that was asked for, 1 when the worker could not start.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        if (builder.IsStartedByAzureFunctionsHost())
        {
            // The Azure Functions host logs: the worker sends it each line over gRPC.
            builder.ConfigureFunctionsWebApplication();
            builder.AddCoffeeBuddy();
            await builder.Build().RunAsync();
            return Environment.ExitCode;
        }

        builder
            .Logging.ClearProviders()
            .AddJsonConsole(console =>
                (console.IncludeScopes, console.UseUtcTimestamp, console.TimestampFormat) = (true, true, "O")
            );
        builder.AddCoffeeBuddy();
        await builder.BuildOnPremHost().RunAsync();
        return Environment.ExitCode;
    }
}
