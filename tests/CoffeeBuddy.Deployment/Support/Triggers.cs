using System.Reflection;

namespace CoffeeBuddy.Deployment.Support;

/// <summary>The trigger attributes of the worker's functions.</summary>
internal static class Triggers
{
    public static IEnumerable<T> Of<T>()
        where T : Attribute =>
        typeof(Functions.Hosting.WorkerHost)
            .Assembly.GetTypes()
            .SelectMany(type => type.GetMethods())
            .SelectMany(method => method.GetParameters())
            .Select(parameter => parameter.GetCustomAttribute<T>())
            .OfType<T>();
}
