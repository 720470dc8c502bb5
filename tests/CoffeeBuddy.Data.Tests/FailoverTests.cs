using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>Another server takes the changes from now on: behind the same address, or one of several hosts.</summary>
public sealed class FailoverTests : IAsyncLifetime
{
    private const string WhichServer = "SELECT inet_server_port()";

    private readonly List<IAsyncDisposable> _resources = [];
    private ReplicatedPostgres _servers = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _servers = await ReplicatedPostgres.StartAsync(Cancellation);

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in _resources)
            await resource.DisposeAsync();
        await _servers.DisposeAsync();
    }

    [Fact]
    public async Task The_first_change_after_a_switchover_leaves_all_sessions_of_the_old_server()
    {
        var address = new TcpRelay(_servers.Primary.Port, (_, _) => Task.FromResult(true));
        _resources.Add(address);
        var database = Connect(StringFor($"127.0.0.1:{address.Port}"));
        Assert.Equal([_servers.Primary.Port], await ServersOfAsync(database, sessions: 5));

        await _servers.FenceAsync();
        await _servers.PromoteAsync();
        address.LeadTo(_servers.Standby.Port);
        await WriteAsync(database);

        Assert.Equal([_servers.Standby.Port], await ServersOfAsync(database, sessions: 5));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Target Session Attributes=read-write")]
    [InlineData("Target Session Attributes=primary")]
    [InlineData("Target Session Attributes=prefer-primary")]
    public async Task Of_several_hosts_the_one_that_takes_changes_is_used(string target)
    {
        var database = Connect($"{StringFor(Hosts(_servers.Standby.Port, _servers.Primary.Port))};{target}");

        await WriteAsync(database);

        Assert.Equal([_servers.Primary.Port], await ServersOfAsync(database, sessions: 5));
    }

    [Fact]
    public async Task After_a_switchover_the_first_change_goes_to_the_other_host()
    {
        var database = Connect(StringFor(Hosts(_servers.Standby.Port, _servers.Primary.Port)));
        Assert.Equal([_servers.Primary.Port], await ServersOfAsync(database, sessions: 5));

        await _servers.FenceAsync();
        await _servers.PromoteAsync();
        await WriteAsync(database);

        Assert.Equal([_servers.Standby.Port], await ServersOfAsync(database, sessions: 5));
    }

    [Fact]
    public async Task After_a_host_died_the_first_change_goes_to_the_one_that_was_promoted()
    {
        var database = Connect(StringFor(Hosts(_servers.Standby.Port, _servers.Primary.Port)));
        await WriteAsync(database);

        await _servers.Primary.KillAsync();
        await _servers.PromoteAsync();
        await WriteAsync(database);

        Assert.Equal([_servers.Standby.Port], await ServersOfAsync(database, sessions: 5));
    }

    [Fact]
    public async Task While_no_host_takes_changes_the_database_is_unavailable_but_refuses_nothing()
    {
        await _servers.FenceAsync();
        var database = Connect(StringFor(Hosts(_servers.Standby.Port, _servers.Primary.Port)));

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => WriteAsync(database));

        Assert.Null(database.Refusal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Target Session Attributes=primary")]
    public async Task Of_several_hosts_the_one_that_takes_changes_is_migrated(string target)
    {
        var hosts = StringFor(Hosts(_servers.Standby.Port, _servers.Primary.Port));

        Assert.True(Migrator.Migrate($"{hosts};{target}", NullLogger.Instance) >= 2);

        Assert.True(await Migrator.IsUpToDateAsync(Connect(_servers.Primary.ConnectionString), Cancellation));
    }

    private static string Hosts(params int[] ports) => string.Join(',', ports.Select(port => $"127.0.0.1:{port}"));

    private static Task<int> WriteAsync(Database database) =>
        database.TransactAsync(
            (connection, transaction, _) =>
                connection.ExecuteAsync("INSERT INTO written VALUES (1)", transaction: transaction),
            Cancellation
        );

    /// <returns>The ports of the servers of as many sessions, all in use at the same time.</returns>
    private static async Task<IEnumerable<int>> ServersOfAsync(Database database, int sessions)
    {
        using var together = new SemaphoreSlim(0);
        var asked = 0;
        var servers = await Task.WhenAll(
            Enumerable
                .Range(0, sessions)
                .Select(_ =>
                    database.RunAsync(
                        async (connection, token) =>
                        {
                            if (Interlocked.Increment(ref asked) == sessions)
                                together.Release(sessions);
                            await together.WaitAsync(token);
                            return await connection.ExecuteScalarAsync<int>(WhichServer);
                        },
                        Cancellation
                    )
                )
        );
        return servers.Distinct();
    }

    private string StringFor(string hosts) =>
        new NpgsqlConnectionStringBuilder(_servers.Primary.ConnectionString) { Host = hosts }.ConnectionString;

    private Database Connect(string connectionString)
    {
        var services = TestDatabase.Build(new() { ConnectionString = connectionString }, new FakeTimeProvider());
        _resources.Add(services);
        return services.GetRequiredService<Database>();
    }
}
