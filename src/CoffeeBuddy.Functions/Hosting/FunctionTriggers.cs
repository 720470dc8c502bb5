using System.Reflection;

namespace CoffeeBuddy.Functions.Hosting;

/// <summary>The trigger attributes of the worker's functions.</summary>
public static class FunctionTriggers
{
    public static IEnumerable<T> Of<T>()
        where T : Attribute =>
        typeof(FunctionTriggers)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<T>())
            .OfType<T>();
}
