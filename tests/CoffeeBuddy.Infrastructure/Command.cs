using System.ComponentModel;
using System.Diagnostics;

namespace CoffeeBuddy.Infrastructure;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <param name="package">The Debian package of the program, for the message when it is missing.</param>
    /// <param name="path">A folder that is searched for programs before all others.</param>
    public static async Task<(int Code, string Output, string Errors)> RunAsync(
        string package,
        string program,
        IEnumerable<string> arguments,
        string input = "",
        string? path = null
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
        if (path is not null)
            start.Environment["PATH"] = $"{path}:{start.Environment["PATH"]}";
        using var process = Start(start, package);
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await errors);
    }

    private static Process Start(ProcessStartInfo start, string package)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception missing)
        {
            throw new InvalidOperationException(
                $"This needs {start.FileName}: apt-get update && apt-get install -y {package}",
                missing
            );
        }
    }
}
