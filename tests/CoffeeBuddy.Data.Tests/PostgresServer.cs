using System.Collections.Concurrent;
using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Data.Tests;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace CoffeeBuddy.Data.Tests;

/// <summary>
/// One server for all tests, and a database for each while it runs: copied from one that is migrated once. A database
/// that a test has given back is emptied for the next test, because copying takes 0.3 s of CPU.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Template = "migrated";

    /// <summary>Differs when something was created, dropped or altered, or the list of migrations was changed.</summary>
    private const string Schema = """
        SELECT concat_ws(',',
            (SELECT concat(count(*), '-', max(oid)) FROM pg_class WHERE oid >= 16384),
            (SELECT concat(count(*), '-', max(oid)) FROM pg_proc WHERE oid >= 16384),
            (SELECT concat(count(*), '-', max(oid)) FROM pg_constraint WHERE oid >= 16384),
            (SELECT concat(count(*), '-', max(oid)) FROM pg_trigger WHERE NOT tgisinternal),
            (SELECT concat(count(*), '-', sum(attnum)) FROM pg_attribute WHERE attrelid >= 16384),
            (SELECT count(*) FROM pg_db_role_setting),
            (SELECT string_agg(scriptname, '/' ORDER BY scriptname) FROM schema_migrations));
        """;

    private readonly ConcurrentBag<string> _empty = [];
    private EmbeddedPostgres? _postgres;
    private string? _empties;
    private string? _schema;
    private int _databases;

    private EmbeddedPostgres Postgres => _postgres ?? throw new InvalidOperationException("The server is not started.");

    public async ValueTask InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(
            new() { MaxConnections = 200 },
            TestContext.Current.CancellationToken
        );
        var template = await _postgres.CreateDatabaseAsync(Template);
        Migrator.Migrate(template, NullLogger.Instance);
        await using var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(template) { Pooling = false }.ConnectionString
        );
        var tables = await connection.QueryAsync<string>(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'schema_migrations'"
        );
        // Without foreign keys, so in any order.
        _empties = $"""
            SET session_replication_role = replica;
            SET lock_timeout = '2s';
            {string.Join('\n', tables.Select(table => $"DELETE FROM {table};"))}
            {Schema}
            """;
        _schema = await connection.ExecuteScalarAsync<string>(Schema);
    }

    /// <returns>The connection string of a database with the schema, and without rows.</returns>
    public async Task<string> TakeMigratedAsync()
    {
        if (_empty.TryTake(out var used))
            return used;
        var name = NextName();
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString);
        await connection.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY FILE_COPY");
        return Postgres.ConnectionStringFor(name);
    }

    /// <summary>Takes a database back. One that a test has altered, or still has locked, is not used again.</summary>
    /// <param name="connectionString">From <see cref="TakeMigratedAsync"/>; nothing uses it any more.</param>
    public async Task GiveBackAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString);
        try
        {
            if (await connection.ExecuteScalarAsync<string>(_empties!) == _schema)
                _empty.Add(connectionString);
        }
        catch (PostgresException)
        {
            // Another test gets another database.
        }
    }

    /// <returns>The connection string of a new, empty database.</returns>
    public Task<string> CreateEmptyAsync() => Postgres.CreateDatabaseAsync(NextName());

    public async ValueTask DisposeAsync()
    {
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    private string NextName() => $"test_{Interlocked.Increment(ref _databases)}";
}
