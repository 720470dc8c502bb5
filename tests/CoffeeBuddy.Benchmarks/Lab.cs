using CoffeeBuddy.Benchmarks.Processes;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Workers;
using Npgsql;

namespace CoffeeBuddy.Benchmarks;

/// <summary>
/// What the rows have in common: PostgreSQL, Kafka and the OIDC issuer of the sandbox, a Slack that answers at once, and
/// the worker as the image has it.
/// </summary>
/// <remarks>
/// Slack is <see cref="InstantSlack"/> and not the simulator, which checks every block and takes longer for that than the
/// worker for its whole request.
/// </remarks>
internal sealed class Lab : IAsyncDisposable
{
    /// <summary>As in production, and with limits that one sender of everything does not reach.</summary>
    private static readonly Dictionary<string, string?> Settings = new()
    {
        ["DOTNET_ENVIRONMENT"] = "Production",
        ["DOTNET_EnableDiagnostics"] = "1",
        ["Clock__Url"] = null,
        ["Tls__AllowPlaintext"] = "Http,Database,Kafka",
        ["CoffeeBuddy__MaxActiveRuns"] = "1000",
        ["Limits__RequestsPerMinute"] = "1000000",
        ["Slack__RateShare"] = "1000",
    };

    private readonly SandboxHost _sandbox;
    private readonly string _worker;

    private Lab(SandboxHost sandbox, InstantSlack slack, string worker) =>
        (_sandbox, Slack, _worker) = (sandbox, slack, worker);

    public InstantSlack Slack { get; }

    public string KafkaServers => _sandbox.KafkaServers;

    public MockKafka.MockKafkaCluster Kafka => _sandbox.Kafka;

    public string Database => _sandbox.ConnectionString;

    public static async Task<Lab> StartAsync(CancellationToken stop)
    {
        var worker = await WorkerBuild.MakeAsync(stop);
        var slack = InstantSlack.Start();
        var sandbox = await SandboxHost.StartAsync(
            new SandboxOptions
            {
                Roles = [],
                Worker = worker,
                Settings = new Dictionary<string, string?>(Settings)
                {
                    ["Slack__ApiUrl"] = $"http://127.0.0.1:{slack.Port}/api/",
                },
            },
            stop
        );
        return new(sandbox, slack, worker);
    }

    /// <summary>Starts a worker of this role and returns when it is ready.</summary>
    public Task<ServerProcess> StartWorkerAsync(
        string role,
        CancellationToken stop,
        IReadOnlyDictionary<string, string?>? more = null
    )
    {
        var (port, management) = (FreePort.Next(), FreePort.Next());
        var environment = new Dictionary<string, string?>(_sandbox.ReplicaOptions(role).Environment)
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port};http://127.0.0.1:{management}",
            ["AzureFunctionsJobHost__extensions__http__managementPort"] = $"{management}",
        };
        foreach (var (name, value) in more ?? new Dictionary<string, string?>())
            environment[name] = value;
        return ServerProcess.StartAsync(
            $"worker-{role}",
            Executable.Dotnet,
            [_worker],
            environment,
            port,
            new Uri($"http://127.0.0.1:{management}/healthz/ready"),
            stop
        );
    }

    /// <summary>Starts a program of <see cref="Peers.PeerCommand"/> that serves HTTP.</summary>
    public static Task<ServerProcess> StartPeerAsync(string peer, CancellationToken stop)
    {
        var port = FreePort.Next();
        return ServerProcess.StartAsync(
            peer,
            Executable.Dotnet,
            [typeof(Lab).Assembly.Location, "serve", peer],
            new Dictionary<string, string?>
            {
                ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port}",
                ["DOTNET_ENVIRONMENT"] = "Production",
                ["Logging__LogLevel__Default"] = "Warning",
            },
            port,
            new Uri($"http://127.0.0.1:{port}/hello"),
            stop
        );
    }

    public async Task ExecuteAsync(string sql, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(stop);
    }

    /// <summary>The number of rows.</summary>
    public async Task<long> CountAsync(string fromWhere, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(Database);
        await connection.OpenAsync(stop);
        await using var command = new NpgsqlCommand($"SELECT count(*) FROM {fromWhere}", connection);
        return (long)(await command.ExecuteScalarAsync(stop))!;
    }

    /// <summary>Deletes everything that was stored, so that each row begins with the same.</summary>
    public Task EmptyAsync(CancellationToken stop) =>
        ExecuteAsync("TRUNCATE users, coffee_runs, outbox, processed_events, idempotency_keys CASCADE", stop);

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        await Slack.DisposeAsync();
    }
}
