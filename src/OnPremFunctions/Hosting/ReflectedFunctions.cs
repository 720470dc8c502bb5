using System.Collections.Immutable;
using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace OnPremFunctions.Hosting;

/// <summary>Finds functions by reflection, for projects without generated metadata.</summary>
internal sealed class ReflectedFunctions(IReadOnlyList<Type> types) : IFunctionMetadataProvider
{
    public Task<ImmutableArray<IFunctionMetadata>> GetFunctionMetadataAsync(string directory) =>
        Task.FromResult<ImmutableArray<IFunctionMetadata>>([.. types.SelectMany(FunctionsOf)]);

    private static IEnumerable<IFunctionMetadata> FunctionsOf(Type type) =>
        from method in type.GetMethods(FunctionMethod.Declared)
        let attribute = method.GetCustomAttribute<FunctionAttribute>()
        where attribute is not null
        select new DefaultFunctionMetadata
        {
            Language = "dotnet-isolated",
            Name = attribute.Name,
            EntryPoint = $"{type.FullName}.{method.Name}",
            ScriptFile = $"{type.Assembly.GetName().Name}.dll",
        };
}
