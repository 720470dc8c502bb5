using System.ComponentModel;
using System.Diagnostics;

namespace CoffeeBuddy.Support;

/// <summary>Programs that run to their end.</summary>
public static class Programs
{
    /// <summary>Returns the exit code, stdout and stderr.</summary>
    /// <param name="arguments">Paths are relative to the repository.</param>
    /// <param name="environment">Added to the environment of this process.</param>
    /// <param name="input">Written to stdin.</param>
    /// <param name="package">The Debian package of the program, for the message when it is missing; null where every
    /// machine has it.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string program,
        IEnumerable<string> arguments,
        IEnumerable<(string Name, string Value)>? environment = null,
        string input = "",
        string? package = null
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment ?? [])
            start.Environment[name] = value;
        using var process = Start(start, package);
        return await EndAsync(process, input);
    }

    /// <summary>The variable PATH in which this folder is searched before all others.</summary>
    public static (string Name, string Value) PathWith(string folder) =>
        ("PATH", $"{folder}:{Environment.GetEnvironmentVariable("PATH")}");

    /// <summary>The same for a process that was started with redirected streams.</summary>
    public static async Task<(int Code, string Output, string Errors)> EndAsync(Process process, string input = "")
    {
        var cancellation = TestContext.Current.CancellationToken;
        var output = process.StandardOutput.ReadToEndAsync(cancellation);
        var errors = process.StandardError.ReadToEndAsync(cancellation);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(cancellation);
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(ProcessStartInfo start, string? package)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing) when (package is not null)
        {
            throw new InvalidOperationException(
                $"This needs {start.FileName}: apt-get update && apt-get install -y {package}",
                missing
            );
        }
    }
}
