using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Data.Tests;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

[assembly: AssemblyFixture(typeof(PostgresServer))]

namespace CoffeeBuddy.Data.Tests;

/// <summary>
/// One server for all tests, and a database of its own for each: copied from one that is migrated once.
/// </summary>
public sealed class PostgresServer : IAsyncLifetime
{
    private const string Template = "migrated";
    private EmbeddedPostgres? _postgres;
    private int _databases;

    private EmbeddedPostgres Postgres => _postgres ?? throw new InvalidOperationException("The server is not started.");

    public async ValueTask InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(
            new() { MaxConnections = 200 },
            TestContext.Current.CancellationToken
        );
        Migrator.Migrate(await _postgres.CreateDatabaseAsync(Template), NullLogger.Instance);
    }

    /// <returns>The connection string of a new database with the schema.</returns>
    public async Task<string> CreateMigratedAsync()
    {
        var name = NextName();
        await using var connection = new NpgsqlConnection(Postgres.ConnectionString);
        await connection.ExecuteAsync($"CREATE DATABASE {name} TEMPLATE {Template} STRATEGY FILE_COPY");
        return Postgres.ConnectionStringFor(name);
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
