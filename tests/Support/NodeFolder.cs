using System.Diagnostics;

namespace Support;

/// <summary>A folder with a package.json and a lock file: installs its packages and runs its scripts.</summary>
public sealed class NodeFolder
{
    private NodeFolder(string path) => Path = path;

    /// <summary>The absolute path of the folder.</summary>
    public string Path { get; }

    /// <summary>Runs <c>npm ci</c> in the folder unless the installed packages match the lock file.</summary>
    /// <param name="path">The path from the repository's root.</param>
    /// <exception cref="InvalidOperationException">npm failed; the message contains its output.</exception>
    public static Task<NodeFolder> InstallAsync(string path) =>
        Task.Run(() =>
        {
            var node = new NodeFolder(Find(path));
            // Test programs run in parallel and share folders.
            using var mutex = new Mutex(initiallyOwned: false, "coffeebuddy-npm-ci");
            try
            {
                mutex.WaitOne();
            }
            catch (AbandonedMutexException)
            {
                // The process that held the mutex has ended; this one holds it now.
            }

            try
            {
                if (!node.IsInstalled)
                    node.Install();
            }
            finally
            {
                mutex.ReleaseMutex();
            }

            return node;
        });

    /// <summary>Starts a script in the folder with redirected standard streams.</summary>
    public Process Run(string script, params IEnumerable<(string Name, string? Value)> environment) =>
        Start("node", [script], environment);

    // npm writes this file at the end of an installation.
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

        throw new DirectoryNotFoundException($"{path} was not found in any folder above {AppContext.BaseDirectory}.");
    }
}
