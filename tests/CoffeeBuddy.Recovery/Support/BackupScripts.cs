using Npgsql;

namespace CoffeeBuddy.Recovery.Support;

/// <summary>Runs the scripts of deploy/postgresql with the programs of the server.</summary>
internal sealed class BackupScripts(string folder)
{
    private const string Install =
        "This needs pg_dump of the server that it backs up: apt-get update && apt-get install -y postgresql";

    /// <summary>
    /// The sandbox's npm package has no pg_dump, and Debian's pg_dump is older than the server of that package. So these
    /// tests use Debian's server too.
    /// </summary>
    public static PostgresBinaries Binaries { get; } =
        PostgresBinaries.OfThisMachine() is { } found
        // Links to the server alone do not count.
        && Path.GetDirectoryName(
            File.ResolveLinkTarget(found.Postgres, returnFinalTarget: true)?.FullName ?? found.Postgres
        )
            is { } folder
        && File.Exists(Path.Combine(folder, "pg_dump"))
            ? new PostgresBinaries(folder, found.Origin)
            : throw new InvalidOperationException(Install);

    /// <summary>The folder of the backups.</summary>
    public string Folder => folder;

    public Task<(int Code, string Output, string Errors)> BackupAsync(
        string connectionString,
        params IEnumerable<(string Name, string Value)> environment
    ) => RunAsync("backup.sh", [folder], connectionString, environment);

    public static Task<(int Code, string Output, string Errors)> RestoreAsync(
        string backup,
        string connectionString,
        params IEnumerable<string> options
    ) => RunAsync("restore.sh", [.. options, backup], connectionString, []);

    /// <summary>Makes a backup that must succeed.</summary>
    /// <returns>Its path.</returns>
    public async Task<string> BackedUpAsync(string connectionString)
    {
        var before = Backups();
        var (code, _, errors) = await BackupAsync(connectionString);
        Assert.True(code == 0, errors);
        return Assert.Single(Backups().Except(before));
    }

    /// <summary>Makes a restore that must succeed.</summary>
    /// <returns>What it says.</returns>
    public static async Task<string> RestoredAsync(
        string backup,
        string connectionString,
        params IEnumerable<string> options
    )
    {
        var (code, output, errors) = await RestoreAsync(backup, connectionString, options);
        Assert.True(code == 0, errors);
        return output;
    }

    private string[] Backups() => Directory.GetFiles(folder, "*.dump");

    private static Task<(int Code, string Output, string Errors)> RunAsync(
        string script,
        IEnumerable<string> arguments,
        string connectionString,
        IEnumerable<(string Name, string Value)> environment
    )
    {
        var database = new NpgsqlConnectionStringBuilder(connectionString);
        return Programs.RunAsync(
            "sh",
            [$"deploy/postgresql/{script}", .. arguments],
            [
                Programs.PathWith(Binaries.Folder),
                ("PGHOST", database.Host!),
                ("PGPORT", $"{database.Port}"),
                ("PGDATABASE", database.Database!),
                ("PGUSER", database.Username!),
                ("PGPASSWORD", database.Password!),
                .. environment,
            ]
        );
    }
}
