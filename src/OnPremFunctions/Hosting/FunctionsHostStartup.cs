using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using OnPremFunctions.Http;
using OnPremFunctions.Invocation;

namespace OnPremFunctions.Hosting;

/// <summary>Checks everything before anything runs, then puts it together.</summary>
internal sealed partial class FunctionsHostStartup(
    IConfiguration configuration,
    IServiceProviderIsService services,
    IInlineConstraintResolver constraints,
    IOptions<HostOptions> hostOptions,
    HostState state,
    HttpFarewell farewell,
    FunctionExecutor executor,
    FunctionMetrics metrics,
    ILogger<FunctionsHostStartup> logger
)
{
    /// <summary>What an interrupted invocation gets beyond its timeout to notice, before the process goes.</summary>
    private static readonly TimeSpan _grace = TimeSpan.FromSeconds(10);

    public void Prepare(WebApplication app, FunctionsHostPlan plan)
    {
        List<string> faults = [.. plan.Faults];
        var options = JobHostOptions.Read(configuration, faults);
        var functions = new FunctionCatalog(options, configuration, services, constraints, faults).Load(TypesOf(plan));
        HttpFunctions.CheckRoutes(functions, plan.ServesHttp, faults);
        faults.AddRange(
            ServiceFaults.Of(
                plan.Services,
                functions.Select(static function => function.Class).OfType<Type>().Distinct()
            )
        );
        CheckOptions(app.Services, faults);
        if (faults.Count > 0)
            throw new FunctionsStartupException(faults);

        state.Options = options;
        state.Functions = functions;
        executor.Configure(plan.Middleware, options.FunctionTimeout);
        hostOptions.Value.ShutdownTimeout = options.FunctionTimeout + _grace ?? Timeout.InfiniteTimeSpan;
        app.Use(next => http => farewell.AnswerAsync(http, next));
        // An address that no function has, and any other refusal without a body, is explained as problem+json.
        app.UseStatusCodePages();
        HttpFunctions.Map(app, functions, executor);
        HostEndpoints.Map(app, state);
        foreach (var function in functions)
        {
            metrics.Announce(function.Name);
            Log.Serving(logger, function.Name, function.Trigger.Type, function.Trigger);
        }
    }

    private static IEnumerable<Type> TypesOf(FunctionsHostPlan plan) =>
        plan.FunctionTypes ?? Assembly.GetEntryAssembly()?.GetTypes() ?? [];

    /// <summary>The options the worker validates on start, here so that their faults are in the same message.</summary>
    private static void CheckOptions(IServiceProvider provider, List<string> faults)
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
