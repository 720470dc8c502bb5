using System.Reflection;
using CoffeeBuddy.Core.Security;
using CoffeeBuddy.Data.Connections;
using Dapper;
using DbUp;
using DbUp.Engine;
using DbUp.Engine.Output;
using DbUp.Postgresql;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace CoffeeBuddy.Data.Migrations;

/// <summary>
/// Applies the numbered migrations, forward only. Each is one transaction. Migrations expand before they contract, so
/// that the previous version of the worker runs on the newer schema.
/// </summary>
public static partial class Migrator
{
    private const string JournalTable = "schema_migrations";

    // Any number that no other program uses. The process that migrates holds the advisory lock of this number.
    private const long LockKey = 0x436F66666565; // "Coffee"

    /// <inheritdoc cref="Migrate(DataOptions, TlsOptions, ILogger)"/>
    public static int Migrate(string connectionString, ILogger logger) =>
        Migrate(new DataOptions { ConnectionString = connectionString }, new TlsOptions(), logger);

    /// <summary>
    /// Applies the missing migrations. Several processes may call it at once: they wait for each other.
    /// </summary>
    /// <returns>How many migrations were applied by this call.</returns>
    /// <exception cref="InvalidOperationException">A migration failed; those before it stay applied.</exception>
    /// <exception cref="NpgsqlException">The database cannot be used.</exception>
    public static int Migrate(DataOptions options, TlsOptions tls, ILogger logger)
    {
        var protocols = tls.ProtocolsOf(TlsHops.Database);
        using var source = ConnectionSettings.CreateUnpooledSource(options, protocols);
        using var holder = source is NpgsqlMultiHostDataSource hosts
            ? hosts.OpenConnection(ConnectionSettings.TargetOf(options))
            : source.OpenConnection();
        // Of the transaction, not of the session, which a connection pooler would keep with the lock.
        using var transaction = holder.BeginTransaction();
        holder.Execute(
            """
            SET LOCAL statement_timeout = 0;
            SET LOCAL idle_in_transaction_session_timeout = 0;
            SELECT pg_advisory_xact_lock(@LockKey);
            """,
            new { LockKey },
            transaction
        );

        using var server = ConnectionSettings.OfServer(holder, options, protocols);
        var result = DeployChanges
            .To.PostgresqlDatabase(new PostgresqlConnectionManager(server))
            .WithScripts(Scripts())
            .WithVariablesDisabled()
            .WithTransactionPerScript()
            .JournalToPostgresqlTable("public", JournalTable)
            .WithExecutionTimeout(TimeSpan.Zero)
            .LogTo(new Output(logger))
            .Build()
            .PerformUpgrade();
        if (!result.Successful)
            throw new InvalidOperationException(
                $"Migration {result.ErrorScript?.Name ?? "(none)"} failed: {result.Error.Message}",
                result.Error
            );

        var applied = result.Scripts.Count();
        Log.Migrated(logger, applied);
        return applied;
    }

    /// <summary>Whether all migrations of this version are applied; also true for a newer schema.</summary>
    /// <exception cref="DatabaseUnavailableException">The database is down.</exception>
    /// <exception cref="DatabaseBusyException">The database is up, but did not answer in time.</exception>
    public static Task<bool> IsUpToDateAsync(Database database, CancellationToken ct) =>
        database.RunAsync(
            async (connection, token) =>
            {
                var exists = await connection.ExecuteScalarAsync<bool>(
                    new CommandDefinition(
                        "SELECT to_regclass(@table) IS NOT NULL",
                        new { table = $"public.{JournalTable}" },
                        cancellationToken: token
                    )
                );
                if (!exists)
                    return false;
                var applied = await connection.QueryAsync<string>(
                    new CommandDefinition($"SELECT scriptname FROM public.{JournalTable}", cancellationToken: token)
                );
                return !Names().Except(applied, StringComparer.Ordinal).Any();
            },
            ct
        );

    private static IEnumerable<string> Names() => Scripts().Select(script => script.Name);

    private static IEnumerable<SqlScript> Scripts()
    {
        const string Folder = "CoffeeBuddy.Data.Migrations.";
        var assembly = typeof(Migrator).Assembly;
        return assembly
            .GetManifestResourceNames()
            .Where(name => name.StartsWith(Folder, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name => new SqlScript(name[Folder.Length..], Read(assembly, name)));
    }

    private static string Read(Assembly assembly, string name)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
        return reader.ReadToEnd();
    }

    private sealed class Output(ILogger logger) : IUpgradeLog
    {
        public void LogTrace(string format, params object[] args) => Log.Detail(logger, string.Format(format, args));

        public void LogDebug(string format, params object[] args) => Log.Detail(logger, string.Format(format, args));

        public void LogInformation(string format, params object[] args) =>
            Log.Detail(logger, string.Format(format, args));

        public void LogWarning(string format, params object[] args) =>
            Log.Warned(logger, string.Format(format, args), null);

        public void LogError(string format, params object[] args) =>
            Log.Warned(logger, string.Format(format, args), null);

        public void LogError(Exception ex, string format, params object[] args) =>
            Log.Warned(logger, string.Format(format, args), ex);
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Information, "The schema is up to date; {Applied} migrations applied")]
        public static partial void Migrated(ILogger logger, int applied);

        [LoggerMessage(2, LogLevel.Debug, "{Text}")]
        public static partial void Detail(ILogger logger, string text);

        [LoggerMessage(3, LogLevel.Error, "{Text}")]
        public static partial void Warned(ILogger logger, string text, Exception? exception);
    }
}
