using Npgsql;

namespace CoffeeBuddy.Data.Connections;

/// <summary>
/// The settings of Npgsql: what the connection string says, and defaults for the rest. Of the pool size and the connect
/// timeout the lower of the connection string and <see cref="DataOptions"/> applies; its command timeout is not used.
/// </summary>
internal static class ConnectionSettings
{
    /// <summary>Names of Npgsql's settings, as a connection string writes them.</summary>
    private static class Names
    {
        public const string ApplicationName = "Application Name";
        public const string ConnectionLifetime = "Connection Lifetime";
        public const string ConnectTimeout = "Timeout";
        public const string MaxAutoPrepare = "Max Auto Prepare";
        public const string NoResetOnClose = "No Reset On Close";
        public const string TargetSessionAttributes = "Target Session Attributes";
        public const string Timezone = "Timezone";
    }

    /// <returns>What is wrong with the connection string, in one sentence without its values; null: nothing.</returns>
    public static string? FaultOf(DataOptions options)
    {
        try
        {
            _ = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        }
        catch (ArgumentException)
        {
            // The exception may quote the string, and with it a password.
            return "ConnectionStrings:CoffeeBuddy is not a connection string that Npgsql understands.";
        }

        try
        {
            _ = TargetOf(options);
            using var source = CreateDataSource(options, behindPooler: false);
            return null;
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return $"ConnectionStrings:CoffeeBuddy cannot be used: {exception.Message}";
        }
    }

    /// <summary>Most connections of the pool.</summary>
    public static int PoolSizeOf(DataOptions options) =>
        Math.Min(options.MaxPoolSize, new NpgsqlConnectionStringBuilder(options.ConnectionString).MaxPoolSize);

    /// <summary>Which of several hosts is used.</summary>
    /// <exception cref="NotSupportedException">One that takes no changes.</exception>
    public static TargetSessionAttributes TargetOf(DataOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        return settings.TargetSessionAttributes switch
        {
            null or "read-write" => TargetSessionAttributes.ReadWrite,
            "primary" => TargetSessionAttributes.Primary,
            "prefer-primary" => TargetSessionAttributes.PreferPrimary,
            "any" when !HasSeveralHosts(settings) => TargetSessionAttributes.Any,
            var other => throw new NotSupportedException(
                $"Target Session Attributes must be read-write, primary or prefer-primary, not {other}: the database is written to."
            ),
        };
    }

    /// <param name="options">They are valid, see <see cref="FaultOf"/>.</param>
    /// <param name="behindPooler">
    /// Whether a connection pooler such as PgBouncer is between. It may give each transaction another session of
    /// PostgreSQL, so nothing may depend on the session: no prepared statements, no options, no reset.
    /// </param>
    public static NpgsqlDataSource CreateDataSource(DataOptions options, bool behindPooler)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            MaxPoolSize = PoolSizeOf(options),
            CommandTimeout = 0, // The pipeline cancels what takes too long.
        };
        var connectTimeout = (int)Math.Ceiling(options.ConnectTimeout.TotalSeconds);
        if (!IsSet(Names.ConnectTimeout) || settings.Timeout == 0 || settings.Timeout > connectTimeout)
            settings.Timeout = connectTimeout;
        if (!IsSet(Names.ApplicationName))
            settings.ApplicationName = "coffeebuddy";
        if (!IsSet(Names.ConnectionLifetime))
            settings.ConnectionLifetime = 60; // Seconds. Reads of a server that was demoted do not fail, and are old.
        if (!IsSet(Names.Timezone))
            settings.Timezone = "UTC";
        if (!IsSet(Names.MaxAutoPrepare))
            settings.MaxAutoPrepare = behindPooler ? 0 : 100;
        if (!IsSet(Names.NoResetOnClose))
            settings.NoResetOnClose = behindPooler;
        if (!behindPooler)
            settings.Options = $"{ServerLimits.StartupOptions(options)} {settings.Options}".TrimEnd();
        if (HasSeveralHosts(settings))
            settings.Remove(Names.TargetSessionAttributes); // See TargetOf. A data source does not take it.
        return new NpgsqlDataSourceBuilder(settings.ConnectionString).Build();

        bool IsSet(string name) => settings.ShouldSerialize(name);
    }

    /// <summary>
    /// For long statements, and without prepared ones. Not pooled, so that the connection ends when it is closed.
    /// </summary>
    /// <param name="connectionString">It is valid, see <see cref="FaultOf"/>.</param>
    public static NpgsqlConnection CreateUnpooledConnection(string connectionString) =>
        new(Unpooled(connectionString).ConnectionString);

    /// <summary>As for an unpooled connection, to the one server of several that a connection has found.</summary>
    public static string OfServer(NpgsqlConnection connection, string connectionString)
    {
        var settings = Unpooled(connectionString);
        (settings.Host, settings.Port) = (connection.Host, connection.Port);
        settings.Remove(Names.TargetSessionAttributes);
        return settings.ConnectionString;
    }

    private static NpgsqlConnectionStringBuilder Unpooled(string connectionString)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString)
        {
            Pooling = false,
            CommandTimeout = 0,
            KeepAlive = 30,
            MaxAutoPrepare = 0,
        };
        if (HasSeveralHosts(settings))
            settings.TargetSessionAttributes ??= "read-write"; // See TargetOf.
        return settings;
    }

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Contains(',', StringComparison.Ordinal) is true;
}
