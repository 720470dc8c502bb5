using CoffeeBuddy.Functions.Secrets;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>Chooses the host. Everything else in this program is the same on both.</summary>
public static class WorkerHost
{
    /// <summary>
    /// Runs as the worker of an Azure Functions host if one started this process, otherwise serves the functions
    /// itself.
    /// </summary>
    /// <returns>The exit code: 0 after a stop that was asked for, 1 when the worker could not start.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        try
        {
            return await ServeAsync(args);
        }
        catch (SecretsException exception)
        {
            await Console.Error.WriteLineAsync($"The worker cannot start: {exception.Message}");
            return 1;
        }
    }

    private static async Task<int> ServeAsync(string[] args)
    {
        var builder = FunctionsApplication.CreateBuilder(args);
        if (builder.IsStartedByAzureFunctionsHost())
        {
            // The Azure Functions host logs: the worker sends it each line over gRPC.
            builder.ConfigureFunctionsWebApplication();
            builder.AddCoffeeBuddy();
            return await RunAsync(builder.Build());
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

    private static async Task<int> RunAsync(IHost worker)
    {
        var stopping = worker.Services.GetRequiredService<IHostApplicationLifetime>().ApplicationStopping;
        try
        {
            // Here, because the start creates the services first, and they report only the first invalid option.
            worker.Services.GetRequiredService<IStartupValidator>().Validate();
            await worker.RunAsync();
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The Azure Functions host may stop its worker at any time, also while the worker starts.
        }
        catch (Exception exception) when (exception is OptionsValidationException or AggregateException)
        {
            // AggregateException: several option classes are invalid.
            await Console.Error.WriteLineAsync(exception.Message);
            return 1;
        }

        return Environment.ExitCode;
    }
}
