using System.Collections.Concurrent;
using CoffeeBuddy.Sandbox.Kafka;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Workers;
using MockKafka;
using Npgsql;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox;

/// <summary>
/// Everything CoffeeBuddy needs, running on this machine: PostgreSQL, Kafka, a Slack workspace, an OIDC issuer, and a
/// worker process for each role. All of it ends with this process.
/// </summary>
public sealed class SandboxHost : IAsyncDisposable
{
    private const string DatabaseName = "coffeebuddy";
    private const string EndedUnexpectedly = "ended unexpectedly with exit code";

    private readonly SandboxOptions _options;
    private readonly ConcurrentDictionary<string, WorkerProcess> _workers = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, int> _ports = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<PartFailedException> _ended = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private WorkerEnvironment _environment = null!;
    private EmbeddedPostgres? _postgres;
    private MockKafkaCluster? _kafka;
    private SimulatorServer? _slack;

    private SandboxHost(SandboxOptions options)
    {
        _options = options;
        _ports[WorkerRoles.Http] = options.HttpPort;
    }

    /// <summary>The PostgreSQL server of the sandbox.</summary>
    /// <exception cref="InvalidOperationException">The sandbox uses another one, see
    /// <see cref="SandboxOptions.Database"/>.</exception>
    public EmbeddedPostgres Postgres =>
        _postgres ?? throw new InvalidOperationException("The PostgreSQL server is not part of the sandbox.");

    /// <summary>Addresses of the Kafka brokers.</summary>
    public string KafkaServers { get; private set; } = "";

    /// <summary>The Kafka cluster in this process, whose faults can be played.</summary>
    /// <exception cref="InvalidOperationException">The sandbox uses another cluster, see
    /// <see cref="SandboxOptions.KafkaServers"/>.</exception>
    public MockKafkaCluster Kafka =>
        _kafka ?? throw new InvalidOperationException($"The Kafka at {KafkaServers} is not part of the sandbox.");

    /// <summary>The simulated workspace.</summary>
    /// <exception cref="InvalidOperationException">The sandbox uses Slack itself, see
    /// <see cref="SandboxOptions.RealSlack"/>.</exception>
    public SimulatorServer Slack =>
        _slack ?? throw new InvalidOperationException("The workspace is not part of the sandbox.");

    public OidcIssuer Oidc { get; private set; } = null!;

    /// <summary>Connection string of the worker's database.</summary>
    public string ConnectionString { get; private set; } = "";

    /// <summary>The running workers by role, see <see cref="WorkerRoles"/>.</summary>
    public IReadOnlyDictionary<string, WorkerProcess> Workers => _workers;

    /// <summary>Starts all parts, in parallel where possible, and returns when the workers are ready.</summary>
    /// <exception cref="PartFailedException">A part did not start. The other parts have been stopped.</exception>
    public static async Task<SandboxHost> StartAsync(
        SandboxOptions? options = null,
        CancellationToken cancellation = default
    )
    {
        var sandbox = new SandboxHost(options ?? new SandboxOptions());
        try
        {
            await sandbox.StartPartsAsync(cancellation);
            await sandbox.MigrateAsync(cancellation);
            await Task.WhenAll(sandbox._options.Roles.Select(role => sandbox.StartWorkerAsync(role, cancellation)));
            return sandbox;
        }
        catch
        {
            await sandbox.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts or restarts the worker of this role. A restarted worker keeps its port.</summary>
    public async Task<WorkerProcess> StartWorkerAsync(string role, CancellationToken cancellation = default)
    {
        await StopWorkerAsync(role);
        var part = $"Worker {role}";
        var worker = await TimedAsync(
            part,
            () =>
                WorkerProcess.StartAsync(
                    Options(part, role) with
                    {
                        Environment = _environment.For(role),
                        Port = _ports.GetValueOrDefault(role),
                    },
                    cancellation
                ),
            started => started.Address.AbsoluteUri
        );
        _workers[role] = worker;
        _ports[role] = worker.Address.Port;
        _ = ReportEndAsync(role, worker);
        if (role == WorkerRoles.Http)
            ConfigureSlack(worker.Address);
        return worker;
    }

    /// <summary>
    /// Starts one more worker of this role on a free port. The caller disposes it. Slack sends its requests to the
    /// first worker only.
    /// </summary>
    public Task<WorkerProcess> StartReplicaAsync(string role, CancellationToken cancellation = default) =>
        StartReplicaAsync(role, "/healthz/ready", cancellation);

    /// <param name="readyPath">The worker counts as started when this path answers 200.</param>
    public Task<WorkerProcess> StartReplicaAsync(string role, string readyPath, CancellationToken cancellation) =>
        WorkerProcess.StartAsync(ReplicaOptions(role) with { ReadyPath = readyPath }, cancellation);

    /// <summary>
    /// How one more worker of this role is started. With another <see cref="WorkerOptions.Dll"/> it is a worker of
    /// another version.
    /// </summary>
    public WorkerOptions ReplicaOptions(string role) =>
        Options($"Another worker {role}", $"{role}-{Guid.NewGuid():N}") with
        {
            Environment = _environment.For(role),
        };

    /// <summary>Stops the worker of this role with SIGTERM. <see cref="StartWorkerAsync"/> starts it again.</summary>
    /// <returns>The exit code, 137 if the worker had to be killed; null if none was running.</returns>
    public async Task<int?> StopWorkerAsync(string role)
    {
        if (!_workers.TryRemove(role, out var worker))
            return null;
        var code = await worker.StopAsync();
        await worker.DisposeAsync();
        return code;
    }

    /// <summary>Kills the worker of this role with SIGKILL. <see cref="StartWorkerAsync"/> starts it again.</summary>
    public async Task KillWorkerAsync(string role)
    {
        if (!_workers.TryRemove(role, out var worker))
            return;
        await worker.KillAsync();
        await worker.DisposeAsync();
    }

    /// <summary>Waits until a part ends that was not stopped through this class. Never returns normally.</summary>
    /// <exception cref="PartFailedException">The part that ended, with its last log lines.</exception>
    public async Task WatchAsync(CancellationToken cancellation)
    {
        _ = _postgres?.Exited.ContinueWith(
            exited => _ended.TrySetResult(_postgres.Failure($"{EndedUnexpectedly} {exited.Result}")),
            TaskScheduler.Default
        );
        throw await _ended.Task.WaitAsync(cancellation);
    }

    /// <summary>Stops the workers with SIGTERM, then the parts they use.</summary>
    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_workers.Keys.ToArray().Select(StopWorkerAsync));
        if (_slack is not null)
            await _slack.DisposeAsync();
        if (Oidc is not null)
            await Oidc.DisposeAsync();
        _kafka?.Dispose();
        if (_postgres is not null)
            await _postgres.DisposeAsync();
    }

    private async Task StartPartsAsync(CancellationToken cancellation)
    {
        var introspection = new OidcClient("coffeebuddy", "sandbox-introspection-secret");
        // WhenAll waits for every part even when one fails, so that DisposeAsync stops all that started.
        await Task.WhenAll(
            Task.Run(
                async () =>
                    await TimedAsync(
                        "PostgreSQL",
                        () => StartPostgresAsync(cancellation),
                        address => address,
                        _ => _postgres?.Origin ?? ""
                    ),
                cancellation
            ),
            Task.Run(
                async () =>
                    KafkaServers = await TimedAsync(
                        "Kafka",
                        () => StartKafkaAsync(cancellation),
                        servers => servers,
                        _ => $"{SandboxOptions.Topics.Count} topics{(_kafka is null ? "" : ", in memory")}"
                    ),
                cancellation
            ),
            Task.Run(
                async () =>
                {
                    if (_options.RealSlack is null)
                        _slack = await TimedAsync(
                            "Slack simulator",
                            () => SimulatorServer.StartAsync(_options.Slack, cancellation),
                            slack => slack.BaseAddress.AbsoluteUri
                        );
                },
                cancellation
            ),
            Task.Run(
                async () =>
                    Oidc = await TimedAsync(
                        "OIDC issuer",
                        () =>
                            OidcIssuer.StartAsync(
                                new OidcIssuerOptions
                                {
                                    Clients = [_options.ApiClient, introspection],
                                    Clock = new WorkspaceTime(this),
                                },
                                cancellation
                            ),
                        oidc => oidc.Authority.AbsoluteUri
                    ),
                cancellation
            )
        );

        _environment = new WorkerEnvironment(this, _options, introspection);
    }

    private async Task<string> StartKafkaAsync(CancellationToken cancellation)
    {
        if (_options.KafkaServers is { } servers)
        {
            await ExternalKafka.PrepareAsync(servers, SandboxOptions.Topics, _options.IsKept, cancellation);
            return servers;
        }

        _kafka = MockKafkaCluster.Start(_options.Brokers, SandboxOptions.Topics);
        return _kafka.BootstrapServers;
    }

    /// <returns>The address of the server.</returns>
    private async Task<string> StartPostgresAsync(CancellationToken cancellation)
    {
        if (_options.Database is { } database)
        {
            ConnectionString = database;
            return await ExternalPostgres.CheckAsync(database, cancellation);
        }

        _postgres = await EmbeddedPostgres.StartAsync(
            _options.Postgres with
            {
                LogFile = LogFile("postgresql"),
            },
            cancellation
        );
        ConnectionString = await _postgres.CreateDatabaseAsync(DatabaseName, cancellation);
        return $"127.0.0.1:{_postgres.Port}";
    }

    private Task<IReadOnlyList<string>> MigrateAsync(CancellationToken cancellation) =>
        TimedAsync(
            "Schema",
            () =>
                WorkerProcess.RunAsync(
                    Options("Migration", "migrate") with
                    {
                        Arguments = ["migrate"],
                        Environment = _environment.Shared,
                    },
                    cancellation
                ),
            _ => new NpgsqlConnectionStringBuilder(ConnectionString).Database!
        );

    private WorkerOptions Options(string name, string log) => new(name, _options.Worker) { LogFile = LogFile(log) };

    private string? LogFile(string name) =>
        _options.LogFolder is null ? null : Path.Combine(_options.LogFolder, $"{name}.log");

    private async Task ReportEndAsync(string role, WorkerProcess worker)
    {
        var code = await worker.Exited;
        // A worker that is stopped on purpose is removed from _workers first.
        if (_workers.GetValueOrDefault(role) == worker)
            _ended.TrySetResult(worker.Failure($"{EndedUnexpectedly} {code}"));
    }

    private void ConfigureSlack(Uri worker) =>
        _slack?.Configure(app =>
            app with
            {
                CommandsUrl = new Uri(worker, "slack/commands"),
                InteractivityUrl = new Uri(worker, "slack/interactions"),
                EventsUrl = new Uri(worker, "slack/events"),
            }
        );

    private async Task<T> TimedAsync<T>(
        string part,
        Func<Task<T>> start,
        Func<T, string> address,
        Func<T, string>? remark = null
    )
    {
        var began = TimeProvider.System.GetTimestamp();
        T started;
        try
        {
            started = await start();
        }
        catch (Exception exception) when (exception is not (PartFailedException or OperationCanceledException))
        {
            throw new PartFailedException(part, $"did not start: {exception.Message}", [], exception);
        }

        _options.OnReady?.Invoke(
            new PartReady(
                part,
                address(started),
                TimeProvider.System.GetElapsedTime(began),
                remark?.Invoke(started) ?? ""
            )
        );
        return started;
    }

    /// <summary>The clock of the workspace, which people can move ahead, as soon as there is one.</summary>
    private sealed class WorkspaceTime(SandboxHost sandbox) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => sandbox._slack?.Clock.Now ?? base.GetUtcNow();
    }
}
