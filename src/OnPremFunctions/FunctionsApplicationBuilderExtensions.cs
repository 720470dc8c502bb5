using System.Reflection;
using Microsoft.Azure.Functions.Worker.Builder;

namespace OnPremFunctions;

/// <summary>What this host offers beyond the isolated worker's API.</summary>
public static class FunctionsApplicationBuilderExtensions
{
    /// <summary>Serves the functions of these assemblies instead of the entry assembly's.</summary>
    public static FunctionsApplicationBuilder UseFunctionsFrom(
        this FunctionsApplicationBuilder builder,
        params Assembly[] assemblies
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.FunctionTypes = [.. assemblies.SelectMany(static assembly => assembly.GetTypes())];
        return builder;
    }

    /// <summary>Serves the functions of these classes instead of the entry assembly's.</summary>
    public static FunctionsApplicationBuilder UseFunctionsFrom(
        this FunctionsApplicationBuilder builder,
        params Type[] types
    )
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.FunctionTypes = types;
        return builder;
    }
}
