namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>PostgreSQL's shutdown modes.</summary>
public enum PostgresStop
{
    /// <summary>Ends the sessions, rolls back open transactions, writes a checkpoint.</summary>
    Fast,

    /// <summary>Ends all processes without a checkpoint; the next start recovers from the write-ahead log.</summary>
    Immediate,

    /// <summary>Waits until all clients have disconnected.</summary>
    Smart,
}
