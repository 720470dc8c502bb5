using System.Diagnostics;

namespace SlackSimulator.Tests.Support;

/// <summary>A folder of the tests that has a package.json: its packages, installed as its lock file says, and its scripts.</summary>
internal sealed class NodeFolder
{
    private NodeFolder(string path) => Path = path;

    public string Path { get; }

    /// <param name="path">From the repository's folder.</param>
    /// <exception cref="InvalidOperationException">npm failed; the message has what it said.</exception>
    public static Task<NodeFolder> InstallAsync(string path) =>
        Task.Run(() =>
        {
            var node = new NodeFolder(Find(path));
            // Test programs run side by side, and some share a folder.
            using var turn = new Mutex(initiallyOwned: false, "coffeebuddy-npm-ci");
            try
            {
                turn.WaitOne();
            }
            catch (AbandonedMutexException)
            {
                // Whoever had it is gone, and it is ours.
            }

            try
            {
                if (!node.IsInstalled)
                    node.Install();
            }
            finally
            {
                turn.ReleaseMutex();
            }

            return node;
        });

    /// <summary>Runs a script; what it writes and reads is redirected.</summary>
    public Process Run(string script, params IEnumerable<(string Name, string? Value)> environment) =>
        Start("node", [script], environment);

    // npm writes a copy of the lock file when it is done.
    private bool IsInstalled =>
        new FileInfo(System.IO.Path.Combine(Path, "node_modules", ".package-lock.json")) is { Exists: true } done
        && done.LastWriteTimeUtc >= File.GetLastWriteTimeUtc(System.IO.Path.Combine(Path, "package-lock.json"));

    private void Install()
    {
        using var npm = Start("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], []);
        var output = npm.StandardOutput.ReadToEndAsync();
        var errors = npm.StandardError.ReadToEnd();
        npm.WaitForExit();
        if (npm.ExitCode != 0)
            throw new InvalidOperationException($"npm ci in {Path} failed: {output.Result}{errors}");
    }

    private Process Start(string program, string[] arguments, IEnumerable<(string Name, string? Value)> environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = Path,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        return Process.Start(start)
            ?? throw new InvalidOperationException($"{program} did not start: install Node.js 20.");
    }

    private static string Find(string path)
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (Directory.Exists(System.IO.Path.Combine(folder.FullName, path)))
                return System.IO.Path.Combine(folder.FullName, path);
        }

        throw new DirectoryNotFoundException($"The tests run from below the repository's folder, which has {path}.");
    }
}
