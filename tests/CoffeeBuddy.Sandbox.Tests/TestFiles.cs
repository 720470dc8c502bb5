using System.Diagnostics;
using System.Reflection;

namespace CoffeeBuddy.Sandbox.Tests;

internal static class TestFiles
{
    /// <summary>Path of the program that the tests start and kill.</summary>
    public static string Probe { get; } =
        typeof(TestFiles)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key == "ProbePath")
            .Value!;

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
}
