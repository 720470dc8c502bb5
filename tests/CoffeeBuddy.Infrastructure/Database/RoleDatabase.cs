using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CoffeeBuddy.Infrastructure.Database;

/// <summary>
/// A server with two databases that the owner has migrated after roles.sql: one as it is then, one after the second run of
/// roles.sql.
/// </summary>
public sealed class RoleDatabase : IAsyncLifetime
{
    private const string Password = "password-of-a-test";

    private EmbeddedPostgres _postgres = null!;

    public async ValueTask InitializeAsync()
    {
        _postgres = await EmbeddedPostgres.StartAsync(cancellation: TestContext.Current.CancellationToken);
        var roles = await File.ReadAllTextAsync(Repository.File("deploy", "postgresql", "roles.sql"));
        foreach (var narrowed in (bool[])[false, true])
        {
            var superuser = await _postgres.CreateDatabaseAsync(NameOf(narrowed));
            await using var connection = new NpgsqlConnection(superuser);
            await connection.ExecuteAsync(roles);
            foreach (var role in (string[])["coffeebuddy_owner", "coffeebuddy_worker", "coffeebuddy_backup"])
                await connection.ExecuteAsync($"ALTER ROLE {role} PASSWORD '{Password}'");
            Migrator.Migrate(ConnectionString("coffeebuddy_owner", narrowed), NullLogger.Instance);
            if (narrowed)
                await connection.ExecuteAsync($"{roles}; CREATE ROLE somebody LOGIN PASSWORD '{Password}'");
        }
    }

    /// <param name="narrowed">Whether to connect to the database after the second run of roles.sql.</param>
    public string ConnectionString(string role, bool narrowed) =>
        new NpgsqlConnectionStringBuilder(_postgres.ConnectionStringFor(NameOf(narrowed)))
        {
            Username = role,
            Password = Password,
        }.ConnectionString;

    public ValueTask DisposeAsync() => _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;

    private static string NameOf(bool narrowed) => narrowed ? "narrowed" : "migrated";
}
