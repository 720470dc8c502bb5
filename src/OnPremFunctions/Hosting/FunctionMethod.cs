using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Azure.Functions.Worker.Core.FunctionMetadata;

namespace OnPremFunctions.Hosting;

/// <summary>
/// Finds a function's method from its metadata: the assembly's file name, and the class's full name and the method's.
/// </summary>
internal static class FunctionMethod
{
    public const BindingFlags Declared =
        BindingFlags.Instance
        | BindingFlags.Static
        | BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    /// <returns>Null when there is no such class or method.</returns>
    public static MethodInfo? Find(IFunctionMetadata function)
    {
        var entryPoint = function.EntryPoint ?? "";
        var dot = entryPoint.LastIndexOf('.');
        if (dot < 0)
            return null;

        var assembly = Assembly.Load(Path.GetFileNameWithoutExtension(function.ScriptFile ?? ""));
        return assembly
            .GetType(entryPoint[..dot])
            ?.GetMethods(Declared)
            .FirstOrDefault(method =>
                method.Name == entryPoint[(dot + 1)..]
                && method.GetCustomAttribute<FunctionAttribute>()?.Name == function.Name
            );
    }
}
