using System.Diagnostics;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Benchmarks.Processes;

/// <summary>Builds the worker as the image has it: compiled ahead of time, in a folder of its own.</summary>
internal static class WorkerBuild
{
    private static readonly string Folder = Path.Combine(Repository.Artifacts, "worker");

    private static readonly string Worker = Path.Combine(Folder, "CoffeeBuddy.Functions.dll");

    /// <returns>The path of the worker's assembly.</returns>
    public static async Task<string> MakeAsync(CancellationToken stop)
    {
        if (IsCurrent())
            return Worker;
        var start = new ProcessStartInfo(
            Executable.Dotnet,
            [
                "build",
                Path.Combine(Repository.Root, "src", "CoffeeBuddy.Functions"),
                "--configuration",
                "Release",
                "--output",
                Folder,
                "--nologo",
                "--verbosity",
                "quiet",
                "-p:CompileAhead=true",
                "-p:RunAnalyzers=false",
            ]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        // Of the "dotnet run" that this process was started by.
        foreach (var variable in (string[])["MSBuildSDKsPath", "MSBUILD_EXE_PATH", "MSBuildExtensionsPath"])
            start.Environment.Remove(variable);
        using var build = Process.Start(start)!;
        var output = await build.StandardOutput.ReadToEndAsync(stop);
        await build.WaitForExitAsync(stop);
        return build.ExitCode == 0
            ? Worker
            : throw new InvalidOperationException($"The worker was not built: {output}");
    }

    private static bool IsCurrent()
    {
        var built = File.GetLastWriteTimeUtc(Worker);
        string[] output = [$"{Path.DirectorySeparatorChar}bin", $"{Path.DirectorySeparatorChar}obj"];
        return Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "src"), "*", SearchOption.AllDirectories)
            .Where(folder => !output.Any(part => $"{folder}/".Contains($"{part}/", StringComparison.Ordinal)))
            .SelectMany(Directory.EnumerateFiles)
            .All(file => File.GetLastWriteTimeUtc(file) < built);
    }
}
