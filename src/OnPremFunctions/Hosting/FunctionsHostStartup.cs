using System.Collections.Immutable;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>Checks the functions, host.json, the services and the options before anything starts.</summary>
internal sealed partial class FunctionsHostStartup(
    IConfiguration configuration,
    IFunctionMetadataManager metadata,
    IServiceProvider provider,
    IServiceProviderIsService services,
    IInlineConstraintResolver constraints,
    IOptions<HostOptions> hostOptions,
    HostState state,
    FunctionMetrics metrics,
    ILogger<FunctionsHostStartup> logger
)
{
    /// <summary>Time that an interrupted invocation gets beyond its timeout before the process ends.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    /// <exception cref="FunctionsStartupException">There are faults.</exception>
    public async Task PrepareAsync(IServiceCollection registered, IEnumerable<string> earlierFaults)
    {
        List<string> faults = [.. earlierFaults];
        var options = JobHostOptions.Read(configuration, faults);
        var catalog = new FunctionCatalog(options, configuration, services, constraints, faults);
        var functions = catalog.Load(await ReadMetadataAsync(faults));
        HttpFunctions.CheckRoutes(functions, faults);
        ManagementPort.Check(options.ManagementPort, configuration, faults);
        faults.AddRange(
            ServiceFaults.Of(registered, functions.Select(static function => function.Class).OfType<Type>().Distinct())
        );
        CheckOptions(faults);
        if (faults.Count > 0)
            throw new FunctionsStartupException([.. faults.Distinct(StringComparer.Ordinal)]);

        state.Options = options;
        state.Functions = functions;
        hostOptions.Value.ShutdownTimeout = options.FunctionTimeout + _grace ?? Timeout.InfiniteTimeSpan;
        foreach (var function in functions)
        {
            metrics.Initialize(function.Name);
            Log.Serving(logger, function.Name, function.Trigger.Type, function.Trigger);
        }
    }

    private async Task<ImmutableArray<IFunctionMetadata>> ReadMetadataAsync(List<string> faults)
    {
        try
        {
            return await metadata.GetFunctionMetadataAsync(AppContext.BaseDirectory);
        }
        catch (FileNotFoundException)
        {
            // Microsoft's default provider, which reads a file that its SDK writes.
            faults.Add(
                "There is no function metadata. Import OnPremFunctions.props into the project, so that it is generated, or call UseFunctionsFrom()."
            );
            return [];
        }
    }

    /// <summary>
    /// The options that are validated at start; validated here so that their faults are in the same message.
    /// </summary>
    private void CheckOptions(List<string> faults)
    {
        try
        {
            provider.GetService<IStartupValidator>()?.Validate();
        }
        catch (OptionsValidationException exception)
        {
            faults.AddRange(exception.Failures);
        }
        catch (InvalidOperationException exception)
        {
            // A setting that cannot be read as its option's type; the message says which.
            faults.Add(exception.Message);
        }
        catch (AggregateException exception)
        {
            faults.AddRange(
                exception
                    .Flatten()
                    .InnerExceptions.SelectMany(static inner =>
                        inner is OptionsValidationException options ? options.Failures : [inner.Message]
                    )
            );
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Information, Message = "Serving {Function} ({Trigger} {Details})")]
        public static partial void Serving(ILogger logger, string function, string trigger, TriggerBinding details);
    }
}
