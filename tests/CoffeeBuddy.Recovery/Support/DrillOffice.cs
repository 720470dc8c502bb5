using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Workers;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Recovery.Support;

/// <summary>
/// An office on a PostgreSQL that has pg_dump, and what an operator does after a disaster. One worker has the functions
/// of all roles: to start three twice takes most of a minute.
/// </summary>
public sealed class DrillOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            KafkaServers = KafkaOfTestRun,
            Postgres = new EmbeddedPostgresOptions { Binaries = BackupScripts.Binaries },
            Slack = new() { RateLimits = false, TrafficCapacity = 50_000 },
            Settings = new Dictionary<string, string?>(OtherFunctions)
            {
                // People order several times a second.
                ["Limits__RequestsPerMinute"] = "100000",
                ["Sweep__Schedule"] = "* * * * * *",
                ["Sweep__ReconcileAfter"] = "00:00:05",
                ["Slack__RateShare"] = "100",
            },
        }
    )
{
    private const string Database = "coffeebuddy";

    private static IEnumerable<KeyValuePair<string, string?>> OtherFunctions =>
        new[] { WorkerRoles.Kafka, WorkerRoles.Timer }
            .SelectMany(role => WorkerRoles.Functions[role])
            .Select(
                (function, index) =>
                    KeyValuePair.Create(
                        $"AzureFunctionsJobHost__functions__{WorkerRoles.Functions[WorkerRoles.Http].Length + index}",
                        (string?)function
                    )
            );

    /// <summary>Deletes the database under the running worker, then stops it.</summary>
    public async Task DestroyAsync()
    {
        await using (var connection = new NpgsqlConnection($"{Sandbox.Postgres.ConnectionString};Pooling=false"))
            await connection.ExecuteAsync($"DROP DATABASE {Database} WITH (FORCE)");
        await Sandbox.StopWorkerAsync(WorkerRoles.Http);
    }

    public Task StartAsync() => Sandbox.StartWorkerAsync(WorkerRoles.Http, TestContext.Current.CancellationToken);

    public Task CreateDatabaseAsync() =>
        Sandbox.Postgres.CreateDatabaseAsync(Database, TestContext.Current.CancellationToken);

    /// <summary>Runs a command of the worker that must succeed.</summary>
    /// <returns>What it says.</returns>
    public async Task<string> RunAsync(params string[] arguments) =>
        string.Join(
            '\n',
            await WorkerProcess.RunAsync(
                new(arguments[0], new SandboxOptions().Worker) { Arguments = arguments, Environment = Environment() },
                TestContext.Current.CancellationToken
            )
        );

    /// <summary>The same for a command that must fail. Returns the sentence on stderr.</summary>
    public async Task<string> FailAsync(params string[] arguments) =>
        Assert.Single((await Assert.ThrowsAsync<PartFailedException>(() => RunAsync(arguments))).LastLines);

    /// <summary>
    /// Waits until all events are published and processed, and every message of the runs shows their present state.
    /// </summary>
    public Task SettledAsync() =>
        Eventually.TrueAsync(
            async () =>
                await Rows.CountAsync("outbox WHERE published_at IS NULL") == 0
                && await Rows.CountAsync(
                    """
                    coffee_runs r WHERE NOT EXISTS (
                        SELECT FROM slack_messages m
                        WHERE m.run_id = r.run_id AND m.kind = 'announcement' AND m.shown_version = r.version)
                    """
                ) == 0
                && await Rows.CountAsync(
                    """
                    coffee_runs r WHERE r.runner_user_id IS NOT NULL AND NOT EXISTS (
                        SELECT FROM slack_messages m
                        WHERE m.run_id = r.run_id AND m.kind = 'runner_dm' AND m.recipient = r.runner_user_id
                          AND m.shown_version = r.version)
                    """
                ) == 0
                // Last, because it takes longest.
                && SandboxOptions.ConsumerGroups.All(reader => Topics.Lag(reader.Group, reader.Topic) == 0),
            "all work is done"
        );
}
