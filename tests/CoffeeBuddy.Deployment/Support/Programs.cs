using System.Diagnostics;

namespace CoffeeBuddy.Deployment.Support;

/// <summary>Programs that run to their end.</summary>
internal static class Programs
{
    /// <summary>Returns the exit code, stdout and stderr.</summary>
    /// <param name="environment">Added to the environment of this process.</param>
    /// <param name="arguments">Paths are relative to the repository.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string file,
        IEnumerable<string> arguments,
        params IEnumerable<(string Name, string Value)> environment
    )
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        return await EndAsync(process);
    }

    public static async Task<(int Code, string Output, string Errors)> EndAsync(Process process)
    {
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, errors);
    }
}
