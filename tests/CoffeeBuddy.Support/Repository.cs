using System.Reflection;

namespace CoffeeBuddy.Support;

/// <summary>Paths in this repository.</summary>
public static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "Repository")
            .Value!;

    public static string File(params string[] path) => Path.Combine([Root, .. path]);
}
