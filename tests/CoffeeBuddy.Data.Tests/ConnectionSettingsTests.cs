using System.Security.Authentication;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Sandbox.Processes;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>What of the connection string is used.</summary>
public sealed class ConnectionSettingsTests(PostgresServer server) : DatabaseTest(server)
{
    [Theory]
    [InlineData("", "timezone", "UTC")]
    [InlineData("Timezone=Europe/Berlin", "timezone", "Europe/Berlin")]
    [InlineData("", "application_name", "coffeebuddy")]
    [InlineData("Application Name=canary", "application_name", "canary")]
    [InlineData("Options=-c statement_timeout=3s", "statement_timeout", "3s")]
    [InlineData("Options=-c statement_timeout=3s", "idle_in_transaction_session_timeout", "35s")]
    [InlineData("Search Path=pg_catalog", "search_path", "pg_catalog")]
    public async Task A_setting_of_the_connection_string_replaces_the_default(string said, string setting, string used)
    {
        var database = Connect($"{ConnectionString};{said}");

        Assert.Equal(
            used,
            await database.RunAsync(
                (connection, _) => connection.ExecuteScalarAsync<string>($"SHOW {setting}"),
                Cancellation
            )
        );
    }

    [Theory]
    [InlineData("", true)]
    [InlineData("Max Auto Prepare=0", false)]
    public async Task Statements_are_prepared_unless_the_connection_string_forbids_it(string said, bool prepared)
    {
        var database = Connect($"{ConnectionString};{said}");

        for (var time = 0; time < 10; time++)
            await database.RunAsync(
                (connection, _) => connection.ExecuteScalarAsync<int>("SELECT count(*) FROM coffee_runs"),
                Cancellation
            );

        Assert.Equal(
            prepared,
            await database.RunAsync(
                (connection, _) =>
                    connection.ExecuteScalarAsync<bool>("SELECT EXISTS (SELECT FROM pg_prepared_statements)"),
                Cancellation
            )
        );
    }

    [Theory]
    [InlineData("", 60)]
    [InlineData("Connection Lifetime=600", 600)]
    public void A_session_whose_server_was_demoted_is_not_read_for_longer_than_a_minute(string said, int seconds)
    {
        using var source = ConnectionSettings.CreateDataSource(
            new() { ConnectionString = $"{ConnectionString};{said}" },
            behindPooler: false,
            SslProtocols.Tls13,
            password: () => null
        );

        Assert.Equal(seconds, new NpgsqlConnectionStringBuilder(source.ConnectionString).ConnectionLifetime);
    }

    [Fact]
    public async Task The_connection_string_may_make_the_pool_smaller()
    {
        var database = Connect($"{ConnectionString};Maximum Pool Size=2");

        var sessions = await AtOnceAsync(
            20,
            _ =>
                database.RunAsync(
                    (connection, _) =>
                        connection.ExecuteScalarAsync<int>("SELECT pg_backend_pid() FROM pg_sleep(0.01)"),
                    Cancellation
                )
        );

        Assert.Equal(2, sessions.Distinct().Count());
    }

    [Theory]
    [InlineData("Password=wrong", "28P01")]
    [InlineData("Database=nowhere", "3D000")]
    [InlineData("Options=-c no_such_setting=1", "42704")]
    [InlineData("Timezone=Middle-earth", "22023")]
    [InlineData("SSL Mode=Require", "SSL")]
    public async Task A_refusal_by_the_server_is_named_until_a_session_is_opened(string said, string reason)
    {
        var database = Connect($"{ConnectionString};{said}");
        Assert.Null(database.Refusal);

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() =>
            database.RunAsync((connection, _) => connection.ExecuteAsync("SELECT 1"), Cancellation)
        );

        Assert.Contains(reason, database.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_refuses_nothing()
    {
        var database = Connect(
            new NpgsqlConnectionStringBuilder(ConnectionString) { Port = FreePort.Next() }.ConnectionString
        );

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() =>
            database.RunAsync((connection, _) => connection.ExecuteAsync("SELECT 1"), Cancellation)
        );

        Assert.Null(database.Refusal);
    }
}
