using System.Reflection;

namespace CoffeeBuddy.Benchmarks;

/// <summary>Paths in this repository.</summary>
internal static class Repository
{
    public static string Root { get; } =
        typeof(Repository)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "Repository")
            .Value!;

    /// <summary>What is built and written here; not part of the repository.</summary>
    public static string Artifacts { get; } =
        Directory.CreateDirectory(Path.Combine(Root, "artifacts", "benchmarks")).FullName;
}
