using System.Runtime.InteropServices;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>Where programs are on this machine.</summary>
public static class Executable
{
    /// <summary>The <c>dotnet</c> that runs this very process.</summary>
    public static string Dotnet { get; } = DotnetOfThisRuntime();

    /// <summary>The program's full path, as PATH finds it, or null.</summary>
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
