namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// Time limits that the server keeps by itself, 5 s after <see cref="DataOptions.CommandTimeout"/>: a worker that is
/// lost with its machine must not hold a run's lock.
/// </summary>
internal static class ServerLimits
{
    /// <summary>For a session. Options of the connection string that follow these override them.</summary>
    public static string StartupOptions(DataOptions options) =>
        $"-c statement_timeout={Milliseconds(options)} -c idle_in_transaction_session_timeout={Milliseconds(options)}";

    /// <summary>For a transaction, where it has no other limit.</summary>
    public static string SetLocal(DataOptions options) =>
        $"""
            SELECT set_config(name, '{Milliseconds(options)}', true)
            FROM (VALUES ('statement_timeout'), ('idle_in_transaction_session_timeout')) AS limits (name)
            WHERE current_setting(name) = '0'
            """;

    private static long Milliseconds(DataOptions options) =>
        (long)(options.CommandTimeout + TimeSpan.FromSeconds(5)).TotalMilliseconds;
}
