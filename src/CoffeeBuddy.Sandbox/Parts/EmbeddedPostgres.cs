using System.Security.Cryptography;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Parts;

/// <summary>How <see cref="EmbeddedPostgres.StopAsync"/> ends the server; PostgreSQL's own names.</summary>
public enum PostgresStop
{
    /// <summary>Ends the sessions, rolls back what is open, writes a checkpoint.</summary>
    Fast,

    /// <summary>Drops everything as a crash would; the next start recovers from the log.</summary>
    Immediate,

    /// <summary>Waits until every client has gone.</summary>
    Smart,
}

/// <summary>
/// A real PostgreSQL server of this process' own, on 127.0.0.1, ended with this process. The superuser's password is
/// random, so that other users of the machine stay out.
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
    private readonly PostgresAccount _account = PostgresAccount.Current;
    private readonly string _folder;
    private readonly string _data;
    private readonly string _password;
    private ChildProcess? _server;

    private EmbeddedPostgres(EmbeddedPostgresOptions options, PostgresBinaries binaries)
    {
        _options = options;
        _binaries = binaries;
        _folder = options.DataFolder is null
            ? Directory.CreateTempSubdirectory("coffeebuddy-postgres-").FullName
            : Directory.CreateDirectory(options.DataFolder).FullName;
        _data = Path.Combine(_folder, "data");
        Port = options.Port == 0 ? FreePort.Next() : options.Port;
        _password = File.Exists(PasswordFile)
            ? File.ReadAllText(PasswordFile)
            : Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        File.WriteAllText(PasswordFile, _password);
        _account.Own(_folder);
    }

    public int Port { get; private set; }

    /// <summary>For the database <c>postgres</c>, as superuser.</summary>
    public string ConnectionString => ConnectionStringFor("postgres");

    /// <summary>Where the server's programs are from.</summary>
    public string Origin => _binaries.Origin;

    /// <summary>The superuser's password, readable by this user only.</summary>
    public string PasswordFile => Path.Combine(_folder, "password");

    public bool IsRunning => _server is { HasExited: false };

    /// <summary>Ends when the running server does, with its exit code.</summary>
    public Task<int> Exited => _server?.Exited ?? Task.FromResult(0);

    /// <summary>The last lines the server logged since its last start.</summary>
    public IReadOnlyList<string> LastLines => _server?.Log.Lines ?? [];

    /// <summary>Makes the data folder where there is none, starts the server and returns once it takes connections.</summary>
    /// <exception cref="PartFailedException">With the server's last lines.</exception>
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
            if (!File.Exists(Path.Combine(postgres._data, "PG_VERSION")))
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

    /// <summary>Creates the database unless it is there.</summary>
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
            // A kept data folder has it from the last time.
        }

        return ConnectionStringFor(name);
    }

    /// <summary>Stops the server and keeps its data. Nothing happens when it does not run.</summary>
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

    /// <summary>Starts it again on the same port with the same data, stopping it first when it runs.</summary>
    public async Task RestartAsync(PostgresStop how = PostgresStop.Fast, CancellationToken cancellation = default)
    {
        await StopAsync(how);
        await StartServerAsync(cancellation);
    }

    /// <summary>Ends the server without a word to its clients, as the kernel would for want of memory.</summary>
    public async Task KillAsync()
    {
        _server?.Kill();
        await Exited;
    }

    /// <summary>An exception that names the server, says what is wrong and carries its last lines.</summary>
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
            throw initdb.Failure("could not make the data folder");
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
                when (PredecessorGoesOn(failure) && TimeProvider.System.GetElapsedTime(began) < ReadyWithin)
            {
                await Task.Delay(Pause, cancellation);
            }
        }
    }

    private static bool PortWasTaken(PartFailedException failure) =>
        failure.LastLines.Any(line => line.Contains("Address already in use", StringComparison.OrdinalIgnoreCase));

    // The sessions of a server that was killed notice its death only when they next wait for something.
    private static bool PredecessorGoesOn(PartFailedException failure) =>
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
                // One that ends just now says more by its exit code.
                await Task.WhenAny(Task.Delay(Pause, cancellation), server.Exited);
                if (!server.HasExited && clock.GetElapsedTime(start) >= ReadyWithin)
                    throw new PartFailedException(
                        "PostgreSQL",
                        $"took no connection: {e.Message}",
                        server.Log.Lines,
                        e
                    );
            }
        }
    }

    private async Task ExecuteAsync(string sql, CancellationToken cancellation)
    {
        // Not pooled: a connection from before a restart is of no use after it.
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
                // Its language decides the words of its log.
                Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C", ["PGOPTIONS"] = null },
                WorkingDirectory = _folder,
                LogFile = _options.LogFile,
                OrphanSignal = "QUIT",
                OrphanFolder = _options.DataFolder is null ? _folder : null,
            }
        );
    }
}
