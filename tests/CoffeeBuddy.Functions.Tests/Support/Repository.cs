using System.Reflection;

namespace CoffeeBuddy.Functions.Tests;

internal static class Repository
{
    private static readonly string Root = typeof(Repository)
        .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository")
        .Value!;

    public static string File(params string[] path) => Path.Combine([Root, .. path]);
}
