using System.Runtime.InteropServices;

namespace CoffeeBuddy.Sandbox.Processes;

/// <summary>Paths of programs on this machine.</summary>
public static class Executable
{
    /// <summary>The <c>dotnet</c> that runs this process.</summary>
    public static string Dotnet { get; } = DotnetOfThisRuntime();

    /// <summary>The full path of a program on PATH; null if it is not found.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Select(folder => Path.Combine(folder, program))
            .FirstOrDefault(File.Exists);

    private static string DotnetOfThisRuntime()
    {
        // <root>/shared/Microsoft.NETCore.App/<version>/
        var candidate = Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "../../../dotnet"));
        return File.Exists(candidate) ? candidate : "dotnet";
    }
}
