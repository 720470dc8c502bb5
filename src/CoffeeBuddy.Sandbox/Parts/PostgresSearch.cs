namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>Where PostgreSQL's programs are looked for.</summary>
public sealed record PostgresSearch
{
    /// <summary>The npm that brings the pinned ones; null when there is none.</summary>
    public string? Npm { get; init; } = Executable.Find("npm");

    /// <summary>Where npm's are kept.</summary>
    public string CacheFolder { get; init; } = Path.Combine(WorkFolder.Path, "postgres");

    /// <summary>How long npm may take. By itself it would try for many minutes where a network drops packets.</summary>
    public TimeSpan InstallWithin { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>What is taken when npm brings none; null when there is none.</summary>
    public PostgresBinaries? Installed { get; init; } = PostgresBinaries.OfThisMachine();
}
