using System.Security.Cryptography;
using CoffeeBuddy.Sandbox.Processes;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Postgres;

/// <summary>
/// A PostgreSQL server on 127.0.0.1 that ends with this process. The superuser has a random password, so that other
/// users of the machine cannot connect.
/// </summary>
public sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string User = "coffeebuddy";
    private const int PortAttempts = 5;
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly EmbeddedPostgresOptions _options;
    private readonly PostgresBinaries _binaries;
    private readonly ClusterCache _cache;
    private readonly PostgresAccount _account = PostgresAccount.Current;
    private readonly string _folder;
    private readonly string _data;
    private readonly string _password;
    private ChildProcess? _server;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, PostgresBinaries binaries)
    {
        _options = options;
        _binaries = binaries;
        _cache = new ClusterCache(binaries);
        _folder = options.DataFolder is null
            ? Directory.CreateTempSubdirectory("coffeebuddy-postgres-").FullName
            : Directory.CreateDirectory(options.DataFolder).FullName;
        _data = Path.Combine(_folder, "data");
        Port = options.Port == 0 ? FreePort.Next() : options.Port;
        if (!HasCluster)
            _cache.CopyTo(_folder);
        _password = File.Exists(PasswordFile)
            ? File.ReadAllText(PasswordFile)
            : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(PasswordFile, _password);
        _account.Own(_folder);
    }

    private bool HasCluster => File.Exists(Path.Combine(_data, "PG_VERSION"));

    public int Port { get; private set; }

    /// <summary>Connection string for the database <c>postgres</c>, as superuser.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>The npm package or folder of the server's programs.</summary>
    public string Origin => _binaries.Origin;

    /// <summary>The file with the superuser's password. Only this user can read it.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    public bool IsRunning => _server is { HasExited: false };

    /// <summary>Completes with the exit code when the running server ends.</summary>
    public Task<int> Exited => _server?.Exited ?? Task.FromResult(0);

    /// <summary>The last log lines since the last start.</summary>
    public IReadOnlyList<string> LastLines => _server?.Log.Lines ?? [];

    /// <summary>Creates the data folder if needed, starts the server and returns when it accepts connections.</summary>
    /// <exception cref="PartFailedException">The server did not start. Has its last log lines.</exception>
    public static async Task<EmbeddedPostgres> StartAsync(
        EmbeddedPostgresOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        options ??= new EmbeddedPostgresOptions();
        var binaries =
            options.Binaries ?? await PostgresBinaries.FindAsync(log: options.Log, cancellation: cancellation);
        var postgres = new EmbeddedPostgres(options, binaries);
        try
        {
            if (!postgres.HasCluster)
                await postgres.InitializeAsync(cancellation);
            await postgres.StartServerAsync(cancellation);
            return postgres;
        }
        catch
        {
            await postgres.DisposeAsync();
            throw;
        }
    }

    public string ConnectionStringFor(string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = Port,
            Username = User,
            Password = _password,
            Database = database,
        }.ConnectionString;

    /// <summary>Creates the database if it does not exist.</summary>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string name, CancellationToken cancellation = default)
    {
        try
        {
            await ExecuteAsync(
                $"create database \"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
                cancellation
            );
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.DuplicateDatabase)
        {
            // It exists in a data folder that is used again.
        }

        return ConnectionStringFor(name);
    }

    /// <summary>Stops the server and keeps its data. Does nothing if it is not running.</summary>
    public async Task StopAsync(PostgresStop how = PostgresStop.Fast)
    {
        if (_server is null)
            return;
        var signal = how switch
        {
            PostgresStop.Immediate => "QUIT",
            PostgresStop.Smart => "TERM",
            _ => "INT",
        };
        await _server.StopAsync(StopWithin, signal);
    }

    /// <summary>Stops the server if it is running, and starts it on the same port with the same data.</summary>
    public async Task RestartAsync(PostgresStop how = PostgresStop.Fast, CancellationToken cancellation = default)
    {
        await StopAsync(how);
        await StartServerAsync(cancellation);
    }

    /// <summary>Kills the server with SIGKILL, as the kernel does when memory runs out.</summary>
    public async Task KillAsync()
    {
        _server?.Kill();
        await Exited;
    }

    /// <summary>An exception for this server, with the problem and its last log lines.</summary>
    public PartFailedException Failure(string problem) => new("PostgreSQL", problem, LastLines);

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await StopAsync(_options.DataFolder is null ? PostgresStop.Immediate : PostgresStop.Fast);
            await _server.DisposeAsync();
        }

        NpgsqlConnection.ClearPool(new NpgsqlConnection(ConnectionString));
        if (_options.DataFolder is null && Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private async Task InitializeAsync(CancellationToken cancellation)
    {
        await using var initdb = Run(
            "initdb",
            _binaries.Initdb,
            [
                "-D",
                _data,
                "-U",
                User,
                $"--pwfile={PasswordFile}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--no-sync",
            ]
        );
        if (await initdb.Exited.WaitAsync(ReadyWithin, cancellation) != 0)
            throw initdb.Failure("could not create the data folder");
        _cache.Keep(_folder);
    }

    private async Task StartServerAsync(CancellationToken cancellation)
    {
        var began = TimeProvider.System.GetTimestamp();
        for (var portsTaken = 0; ; )
        {
            if (_server is not null)
                await _server.DisposeAsync();
            _server = Run(
                "PostgreSQL",
                _binaries.Postgres,
                ["-D", _data, .. Settings().SelectMany(setting => (string[])["-c", $"{setting.Key}={setting.Value}"])]
            );
            try
            {
                await ReadyAsync(_server, cancellation);
                return;
            }
            catch (PartFailedException failure)
                when (_options.Port == 0 && PortWasTaken(failure) && ++portsTaken < PortAttempts)
            {
                Port = FreePort.Next();
            }
            catch (PartFailedException failure)
                when (OldSessionsRemain(failure) && TimeProvider.System.GetElapsedTime(began) < ReadyWithin)
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private static bool PortWasTaken(PartFailedException failure) =>
        failure.LastLines.Any(line => line.Contains("Address already in use", StringComparison.OrdinalIgnoreCase));

    // Sessions of a killed server continue until they next wait for I/O, and hold its shared memory until then.
    private static bool OldSessionsRemain(PartFailedException failure) =>
        failure.LastLines.Any(line => line.Contains("pre-existing shared memory block", StringComparison.Ordinal));

    private Dictionary<string, string> Settings()
    {
        var settings = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = $"{Port}",
            ["unix_socket_directories"] = "",
            ["max_connections"] = $"{_options.MaxConnections}",
            ["fsync"] = _options.Durable ? "on" : "off",
            ["full_page_writes"] = _options.Durable ? "on" : "off",
            ["logging_collector"] = "off",
        };
        foreach (var (key, value) in _options.Settings)
            settings[key] = value;
        return settings;
    }

    private async Task ReadyAsync(ChildProcess server, CancellationToken cancellation)
    {
        var clock = TimeProvider.System;
        for (var start = clock.GetTimestamp(); ; )
        {
            if (server.HasExited)
                throw server.Failure($"ended with exit code {await server.Exited} while starting");
            try
            {
                await ExecuteAsync("select 1", cancellation);
                return;
            }
            catch (NpgsqlException e)
            {
                // If the server has just ended, the next iteration reports its exit code.
                await Task.WhenAny(Task.Delay(Pause, cancellation), server.Exited);
                if (!server.HasExited && clock.GetElapsedTime(start) >= ReadyWithin)
                    throw new PartFailedException(
                        "PostgreSQL",
                        $"accepted no connection: {e.Message}",
                        server.Log.Lines,
                        e
                    );
            }
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        // No pooling: pooled connections are broken after a restart.
        var connectionString = new NpgsqlConnectionStringBuilder(ConnectionString) { Pooling = false }.ConnectionString;
        await using var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync(cancellation);
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync(cancellation);
    }

    private ChildProcess Run(string name, string program, IReadOnlyList<string> arguments)
    {
        List<string> command = [.. _account.Prefix, program, .. arguments];
        return ChildProcess.Start(
            new ChildProcessOptions(name, command[0], command[1..])
            {
                // English log texts: PortWasTaken and OldSessionsRemain search them.
                Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["PGOPTIONS"] = null },
                WorkingDirectory = _folder,
                LogFile = _options.LogFile,
                OrphanSignal = "QUIT",
                OrphanFolder = _options.DataFolder is null ? _folder : null,
            }
        );
    }
}
