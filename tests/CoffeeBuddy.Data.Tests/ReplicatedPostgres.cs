using System.Diagnostics;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>A primary server and its standby, with table <c>written</c>.</summary>
internal sealed class ReplicatedPostgres : IAsyncDisposable
{
    private readonly DirectoryInfo _folder;

    private ReplicatedPostgres(DirectoryInfo folder, EmbeddedPostgres primary, EmbeddedPostgres standby) =>
        (_folder, Primary, Standby) = (folder, primary, standby);

    public EmbeddedPostgres Primary { get; }

    public EmbeddedPostgres Standby { get; }

    public static async Task<ReplicatedPostgres> StartAsync(CancellationToken cancellation)
    {
        var folder = Directory.CreateTempSubdirectory("coffeebuddy-replicated-");
        var (first, second) = (Path.Combine(folder.FullName, "first"), Path.Combine(folder.FullName, "second"));
        var primary = await EmbeddedPostgres.StartAsync(new() { DataFolder = first }, cancellation);
        await ExecuteAsync(primary, "CREATE TABLE written (id INT)");

        // The copy of a server that is stopped is a standby of it.
        await primary.StopAsync();
        using (var copy = Process.Start("cp", ["-a", first, second]))
            await copy.WaitForExitAsync(cancellation);
        await File.WriteAllTextAsync(Path.Combine(second, "data", "standby.signal"), "", cancellation);
        await primary.RestartAsync(cancellation: cancellation);
        var login = new NpgsqlConnectionStringBuilder(primary.ConnectionString);
        var source = $"host=127.0.0.1 port={login.Port} user={login.Username} password={login.Password}";
        var standby = await EmbeddedPostgres.StartAsync(
            new()
            {
                DataFolder = second,
                Settings = new Dictionary<string, string> { ["primary_conninfo"] = source },
            },
            cancellation
        );
        return new(folder, primary, standby);
    }

    /// <summary>The primary refuses changes from now on, also in the sessions that it has.</summary>
    public async Task FenceAsync()
    {
        await ExecuteAsync(Primary, "ALTER SYSTEM SET default_transaction_read_only = on");
        await ExecuteAsync(Primary, "SELECT pg_reload_conf()");
    }

    /// <summary>The standby takes changes from now on.</summary>
    public Task PromoteAsync() => ExecuteAsync(Standby, "SELECT pg_promote()");

    public async ValueTask DisposeAsync()
    {
        await Standby.DisposeAsync();
        await Primary.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private static async Task ExecuteAsync(EmbeddedPostgres server, string sql)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.ExecuteAsync(sql);
    }
}
