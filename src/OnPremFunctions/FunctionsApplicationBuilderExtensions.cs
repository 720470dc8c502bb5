using System.Reflection;
using Microsoft.Azure.Functions.Worker.Builder;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;
using Microsoft.Extensions.DependencyInjection;
using OnPremFunctions.Hosting;

namespace OnPremFunctions;

/// <summary>Builds an OnPremFunctions host from Microsoft's builder.</summary>
public static class FunctionsApplicationBuilderExtensions
{
    /// <summary>
    /// True when the Azure Functions host started this process as its worker: it gives its gRPC address in the setting
    /// <c>Functions:Worker:HostEndpoint</c>. Then use <c>ConfigureFunctionsWebApplication()</c> and <c>Build()</c>.
    /// </summary>
    public static bool IsStartedByAzureFunctionsHost(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        return !string.IsNullOrEmpty(builder.Configuration["Functions:Worker:HostEndpoint"]);
    }

    /// <summary>
    /// Builds a host that serves the functions in this process, instead of <c>Build()</c>. Call it last: middleware
    /// added later would not run.
    /// </summary>
    /// <remarks>
    /// Do not call <c>ConfigureFunctionsWebApplication()</c>: its middleware waits for the Azure Functions host.
    /// </remarks>
    public static FunctionsHost BuildOnPremHost(this FunctionsApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var hostFile = builder.AddFunctionsHost();
        return new FunctionsHost(builder.Build(), builder.Services, hostFile.Faults);
    }

    /// <summary>Serves the functions of these assemblies instead of those in the generated metadata.</summary>
    public static FunctionsApplicationBuilder UseFunctionsFrom(
        this FunctionsApplicationBuilder builder,
        params Assembly[] assemblies
    ) => builder.UseFunctionsFrom([.. assemblies.SelectMany(static assembly => assembly.GetTypes())]);

    /// <summary>Serves the functions of these classes instead of those in the generated metadata.</summary>
    public static FunctionsApplicationBuilder UseFunctionsFrom(
        this FunctionsApplicationBuilder builder,
        params Type[] types
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.AddSingleton<IFunctionMetadataProvider>(new ReflectedFunctions(types));
        return builder;
    }
}
