using System.Net;
using System.Net.Sockets;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;
using Npgsql;

namespace CoffeeBuddy.Support;

/// <summary>
/// PgBouncer between a test and PostgreSQL, with the settings of a new installation except for the pool mode. It ends
/// with this process.
/// </summary>
public sealed class PgBouncer : IAsyncDisposable
{
    private readonly ChildProcess _process;
    private readonly string _folder;

    private PgBouncer(NpgsqlConnectionStringBuilder database, string poolMode)
    {
        var program =
            new[] { Executable.Find("pgbouncer"), "/usr/sbin/pgbouncer" }.FirstOrDefault(File.Exists)
            ?? throw new InvalidOperationException(
                "This needs PgBouncer at /usr/sbin/pgbouncer: apt-get update && apt-get install -y pgbouncer"
            );
        var port = FreePort.Next();
        _folder = Directory.CreateTempSubdirectory("coffeebuddy-pgbouncer-").FullName;
        var users = Path.Combine(_folder, "users.txt");
        File.WriteAllText(users, $"\"{database.Username}\" \"{database.Password}\"\n");
        var settings = Path.Combine(_folder, "pgbouncer.ini");
        File.WriteAllText(
            settings,
            $"""
            [databases]
            * = host={database.Host} port={database.Port}
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = {port}
            unix_socket_dir =
            auth_file = {users}
            pool_mode = {poolMode}
            """
        );
        var account = PostgresAccount.Current; // PgBouncer does not run as root either.
        account.Own(_folder);
        List<string> command = [.. account.Prefix, program, settings];
        _process = ChildProcess.Start(new("PgBouncer", command[0], command[1..]) { OrphanFolder = _folder });
        ConnectionString = new NpgsqlConnectionStringBuilder(database.ConnectionString)
        {
            Port = port,
        }.ConnectionString;
    }

    /// <summary>As for the database itself, but through PgBouncer.</summary>
    public string ConnectionString { get; }

    /// <param name="connectionString">Of the database that it leads to.</param>
    /// <param name="poolMode"><c>session</c>, which is its default, <c>transaction</c> or <c>statement</c>.</param>
    /// <exception cref="PartFailedException">It ended while starting. Has its last log lines.</exception>
    public static async Task<PgBouncer> StartAsync(string connectionString, string poolMode)
    {
        var pgBouncer = new PgBouncer(new(connectionString), poolMode);
        try
        {
            await Eventually.TrueAsync(pgBouncer.AnswersAsync, "PgBouncer accepts connections");
            return pgBouncer;
        }
        catch
        {
            await pgBouncer.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _process.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process.HasExited)
            throw _process.Failure($"ended with exit code {await _process.Exited} while starting");
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, new NpgsqlConnectionStringBuilder(ConnectionString).Port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
