namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>How an <see cref="EmbeddedPostgres"/> shall run.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>Where the data is kept; made when missing, and used as it is when it holds a cluster. Null: a temporary folder, removed at the end.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The TCP port on 127.0.0.1; 0 takes a free one.</summary>
    public int Port { get; init; }

    /// <summary>Wait for the disk at commit. Off is faster, and still survives a crash of the server, though not of the machine.</summary>
    public bool Durable { get; init; }

    public int MaxConnections { get; init; } = 100;

    /// <summary>Further settings, as in postgresql.conf.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>Which PostgreSQL to run; null finds one.</summary>
    public PostgresBinaries? Binaries { get; init; }

    /// <summary>A file that gets the server's whole log.</summary>
    public string? LogFile { get; init; }

    /// <summary>Hears what a person should know, such as which PostgreSQL is used instead of the pinned one.</summary>
    public Action<string>? Log { get; init; }
}
