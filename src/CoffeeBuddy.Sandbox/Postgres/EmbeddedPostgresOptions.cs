namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>Options of <see cref="EmbeddedPostgres"/>.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>
    /// Folder of the data. Created if missing; an existing cluster is used again. Null: a temporary folder, removed at
    /// the end.
    /// </summary>
    public string? DataFolder { get; init; }

    /// <summary>TCP port on 127.0.0.1; 0 selects a free port.</summary>
    public int Port { get; init; }

    /// <summary>
    /// Wait for the disk at commit. Without it, data survives a crash of the server but not of the machine.
    /// </summary>
    public bool Durable { get; init; }

    public int MaxConnections { get; init; } = 100;

    /// <summary>More settings, named as in postgresql.conf.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The programs to run; null searches for them.</summary>
    public PostgresBinaries? Binaries { get; init; }

    /// <summary>File for the server's log.</summary>
    public string? LogFile { get; init; }

    /// <summary>
    /// Receives messages for the user, such as that an installed PostgreSQL is used instead of the pinned one.
    /// </summary>
    public Action<string>? Log { get; init; }
}
