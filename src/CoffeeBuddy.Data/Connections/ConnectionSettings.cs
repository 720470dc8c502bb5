using System.Security.Authentication;
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
        public const string GssEncryptionMode = "GSS Encryption Mode";
        public const string NoResetOnClose = "No Reset On Close";
        public const string Password = "Password";
        public const string TargetSessionAttributes = "Target Session Attributes";
        public const string Timezone = "Timezone";
    }

    /// <returns>What is wrong with the connection string, in one sentence without its values; null: nothing.</returns>
    public static string? FaultOf(DataOptions options)
    {
        try
        {
            _ = Of(options);
        }
        catch (ArgumentException)
        {
            // The exception may quote the string, and with it a password.
            return "ConnectionStrings:CoffeeBuddy is not a connection string that Npgsql understands.";
        }

        try
        {
            _ = TargetOf(options);
            using var source = CreateDataSource(options, behindPooler: false, SslProtocols.Tls13, () => null);
            return null;
        }
        catch (Exception exception)
            when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            return $"ConnectionStrings:CoffeeBuddy cannot be used: {exception.Message}";
        }
    }

    /// <summary>Most connections of the pool.</summary>
    public static int PoolSizeOf(DataOptions options) => Math.Min(options.MaxPoolSize, Of(options).MaxPoolSize);

    /// <summary>
    /// Whether the connection is encrypted and the server's certificate and name are verified. True also for a string
    /// that cannot be read, which is a fault of its own.
    /// </summary>
    public static bool IsVerified(DataOptions options)
    {
        try
        {
            return Of(options).SslMode == SslMode.VerifyFull;
        }
        catch (ArgumentException)
        {
            return true;
        }
    }

    public static string? PasswordOf(DataOptions options) => Of(options).Password;

    /// <summary>Whether both are the same but for the password, which a data source asks for again.</summary>
    public static bool IsSamePool(DataOptions one, DataOptions other) =>
        WithoutPassword(one).ConnectionString == WithoutPassword(other).ConnectionString;

    /// <summary>Which of several hosts is used.</summary>
    /// <exception cref="NotSupportedException">One that takes no changes.</exception>
    public static TargetSessionAttributes TargetOf(DataOptions options)
    {
        var settings = Of(options);
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
    /// <param name="protocols">The versions of TLS, where TLS is used.</param>
    /// <param name="password">Called for each new session, so that a changed password needs no new pool.</param>
    public static NpgsqlDataSource CreateDataSource(
        DataOptions options,
        bool behindPooler,
        SslProtocols protocols,
        Func<string?> password
    )
    {
        var settings = Of(options);
        settings.MaxPoolSize = PoolSizeOf(options);
        settings.CommandTimeout = 0; // The pipeline cancels what takes too long.
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
        var hasPassword = !string.IsNullOrEmpty(settings.Password);
        settings.Remove(Names.Password); // The provider's part.
        var builder = BuilderOf(settings, protocols);
        if (hasPassword)
            builder.UsePasswordProvider(_ => password() ?? "", (_, _) => ValueTask.FromResult(password() ?? ""));
        return builder.Build();

        bool IsSet(string name) => settings.ShouldSerialize(name);
    }

    /// <summary>
    /// For long statements, and without prepared ones. Not pooled, so that the connection ends when it is closed.
    /// </summary>
    /// <param name="options">They are valid, see <see cref="FaultOf"/>.</param>
    public static NpgsqlDataSource CreateUnpooledSource(DataOptions options, SslProtocols protocols) =>
        Unpooled(Of(options), protocols);

    /// <summary>As for an unpooled source, to the one server of several that a connection has found.</summary>
    public static NpgsqlDataSource OfServer(NpgsqlConnection connection, DataOptions options, SslProtocols protocols)
    {
        var settings = Of(options);
        (settings.Host, settings.Port) = (connection.Host, connection.Port);
        return Unpooled(settings, protocols);
    }

    private static NpgsqlDataSource Unpooled(NpgsqlConnectionStringBuilder settings, SslProtocols protocols)
    {
        settings.Pooling = false;
        settings.CommandTimeout = 0;
        settings.KeepAlive = 30;
        settings.MaxAutoPrepare = 0;
        settings.Remove(Names.TargetSessionAttributes); // See TargetOf. A data source does not take it.
        return BuilderOf(settings, protocols).Build();
    }

    private static NpgsqlDataSourceBuilder BuilderOf(NpgsqlConnectionStringBuilder settings, SslProtocols protocols)
    {
        var builder = new NpgsqlDataSourceBuilder(settings.ConnectionString);
        builder.UseSslClientAuthenticationOptionsCallback(ssl => ssl.EnabledSslProtocols = protocols);
        return builder;
    }

    /// <summary>The connection string, with the user and the password that are set beside it.</summary>
    private static NpgsqlConnectionStringBuilder Of(DataOptions options)
    {
        var settings = new NpgsqlConnectionStringBuilder(options.ConnectionString);
        if (!string.IsNullOrEmpty(options.Username))
            settings.Username = options.Username;
        if (!string.IsNullOrEmpty(options.Password))
            settings.Password = options.Password;
        // Npgsql would prefer Kerberos to TLS where the machine has a ticket.
        if (!settings.ShouldSerialize(Names.GssEncryptionMode))
            settings.GssEncryptionMode = GssEncryptionMode.Disable;
        return settings;
    }

    private static NpgsqlConnectionStringBuilder WithoutPassword(DataOptions options)
    {
        var settings = Of(options);
        settings.Remove(Names.Password);
        return settings;
    }

    private static bool HasSeveralHosts(NpgsqlConnectionStringBuilder settings) =>
        settings.Host?.Contains(',', StringComparison.Ordinal) is true;
}
