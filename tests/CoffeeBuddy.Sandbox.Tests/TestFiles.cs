using System.Diagnostics;
using System.Reflection;

namespace CoffeeBuddy.Sandbox.Tests;

internal static class TestFiles
{
    /// <summary>The root of the repository.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>The program that the tests start and kill.</summary>
    public static string Probe { get; } = Metadata("ProbePath");

    public static bool IsAlive(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return !found.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static string Metadata(string key) =>
        typeof(TestFiles)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == key)
            .Value!;
}
