using System.Collections.Concurrent;
using CoffeeBuddy.Sandbox.Demo;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Workers;
using Confluent.Kafka;
using MockKafka;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The sandbox with a small program instead of the worker.</summary>
public sealed class SandboxHostTests
{
    private readonly ConcurrentQueue<PartReady> _ready = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_role_gets_a_worker_with_its_functions_and_the_addresses_of_the_parts()
    {
        await using var sandbox = await SandboxHost.StartAsync(Options(), Cancellation);

        Assert.Equal(["http", "kafka", "timer"], sandbox.Workers.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            WorkerRoles.Functions["timer"][0],
            await SettingAsync(sandbox, "timer", "AzureFunctionsJobHost__functions__0")
        );
        Assert.Equal(sandbox.Kafka.BootstrapServers, await SettingAsync(sandbox, "kafka", "Kafka__BootstrapServers"));
        Assert.Equal(sandbox.Slack.ApiAddress.AbsoluteUri, await SettingAsync(sandbox, "http", "Slack__ApiUrl"));
        Assert.Equal("00:00:05", await SettingAsync(sandbox, "timer", "CoffeeBuddy__ReminderDelay"));
        await using var database = NpgsqlDataSource.Create(
            await SettingAsync(sandbox, "kafka", "ConnectionStrings__CoffeeBuddy")
        );
        Assert.Equal(
            "coffeebuddy",
            await database.CreateCommand("select current_database()").ExecuteScalarAsync(Cancellation)
        );
        Assert.Equal(8, _ready.Count);
    }

    [Fact]
    public async Task A_worker_that_ends_unexpectedly_is_reported_and_one_that_was_killed_on_purpose_is_not()
    {
        await using var sandbox = await SandboxHost.StartAsync(
            Options() with
            {
                Roles = ["http", "kafka"],
            },
            Cancellation
        );
        var address = sandbox.Workers["http"].Address;
        var watch = sandbox.WatchAsync(Cancellation);

        await sandbox.KillWorkerAsync("http");
        var restarted = await sandbox.StartWorkerAsync("http", Cancellation);
        Assert.Equal(address, restarted.Address);
        Assert.False(watch.IsCompleted);
        await sandbox.Workers["kafka"].KillAsync();

        var failure = await Assert.ThrowsAsync<PartFailedException>(() => watch);
        Assert.Equal(("Worker kafka", "ended unexpectedly with exit code 137"), (failure.Part, failure.Problem));
    }

    [Fact]
    public async Task A_part_that_does_not_start_is_reported_and_all_other_parts_are_stopped()
    {
        var options = Options() with { Settings = new Dictionary<string, string?> { ["PROBE_FAILS_AS"] = "migrate" } };

        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            SandboxHost.StartAsync(options, Cancellation)
        );

        Assert.Equal("Migration", failure.Part);
        Assert.Contains("there is no database", failure.LastLines);
        var port = int.Parse(_ready.Single(part => part.Part == "PostgreSQL").Address.Split(':')[1]);
        await using var gone = NpgsqlDataSource.Create($"Host=127.0.0.1;Port={port};Username=coffeebuddy");
        await Assert.ThrowsAsync<NpgsqlException>(async () => await gone.OpenConnectionAsync(Cancellation));
    }

    [Fact]
    public async Task A_Kafka_that_runs_already_is_used_and_goes_on()
    {
        using var kafka = MockKafkaCluster.Start(topics: SandboxOptions.Topics);
        await using (
            var sandbox = await SandboxHost.StartAsync(
                Options() with
                {
                    Roles = ["kafka"],
                    KafkaServers = kafka.BootstrapServers,
                },
                Cancellation
            )
        )
        {
            Assert.Equal(kafka.BootstrapServers, await SettingAsync(sandbox, "kafka", "Kafka__BootstrapServers"));
            Assert.Throws<InvalidOperationException>(() => sandbox.Kafka);
        }

        using var admin = new AdminClientBuilder(
            new AdminClientConfig { BootstrapServers = kafka.BootstrapServers }
        ).Build();
        Assert.Single(admin.GetMetadata(TimeSpan.FromSeconds(10)).Brokers);
    }

    [Fact]
    public async Task A_PostgreSQL_that_runs_already_is_used_and_goes_on()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(cancellation: Cancellation);
        var database = await postgres.CreateDatabaseAsync("office", Cancellation);
        await using (
            var sandbox = await SandboxHost.StartAsync(
                Options() with
                {
                    Roles = ["kafka"],
                    Database = database,
                },
                Cancellation
            )
        )
        {
            Assert.Equal(database, await SettingAsync(sandbox, "kafka", "ConnectionStrings__CoffeeBuddy"));
            Assert.Throws<InvalidOperationException>(() => sandbox.Postgres);
            Assert.Equal(
                $"127.0.0.1:{postgres.Port}/office",
                Assert.Single(_ready, part => part.Part == "PostgreSQL").Address
            );
        }

        await using var source = NpgsqlDataSource.Create(database);
        Assert.Equal(1, await source.CreateCommand("select 1").ExecuteScalarAsync(Cancellation));
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_reported_without_its_password()
    {
        await using var postgres = await EmbeddedPostgres.StartAsync(cancellation: Cancellation);
        var database = postgres.ConnectionStringFor("missing");

        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            SandboxHost.StartAsync(Options() with { Database = database }, Cancellation)
        );

        Assert.Equal("PostgreSQL", failure.Part);
        Assert.Contains(
            $"127.0.0.1:{postgres.Port}/missing cannot be opened",
            failure.Message,
            StringComparison.Ordinal
        );
        var password = new NpgsqlConnectionStringBuilder(database).Password!;
        Assert.DoesNotContain(password, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_step_of_the_demo_is_reported()
    {
        await using var output = new StringWriter();
        await using var sandbox = await SandboxHost.StartAsync(Options() with { Roles = ["http"] }, Cancellation);

        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            ConsoleDemo.PlayAsync(sandbox, output, Cancellation)
        );

        Assert.Equal("Demo step 1, \"Noor types /coffee: the order form opens\",", failure.Part);
    }

    [Fact]
    public async Task An_unknown_argument_is_reported_and_the_exit_code_is_2()
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();

        Assert.Equal(2, await SandboxCommand.RunAsync(["everything"], output, error, Cancellation));
        Assert.Contains("everything", error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--port 0", "--port must be between 1 and 65535")]
    [InlineData("--port many", "many")]
    [InlineData("--slack --port 5081", "--port is for the simulated workspace")]
    [InlineData("--keep data --postgres Host=db;Database=coffee", "--keep is for the sandbox's own PostgreSQL")]
    [InlineData("--postgres db.example.com", "--postgres is no connection string")]
    [InlineData("--postgres Host=db.example.com", "--postgres needs Host=")]
    public async Task A_wrong_value_is_reported_and_the_exit_code_is_2(string arguments, string expected)
    {
        await using var output = new StringWriter();
        await using var error = new StringWriter();

        Assert.Equal(2, await SandboxCommand.RunAsync(arguments.Split(' '), output, error, Cancellation));
        Assert.Contains(expected, error.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "http://127.0.0.1:5080/")]
    [InlineData("--help", "--keep <DIR>")]
    [InlineData("--help", "--slack ")]
    [InlineData("--help", "--port <PORT>")]
    [InlineData("--help", "--postgres <CONNECTION>")]
    [InlineData("--help", "COFFEEBUDDY_CACHE")]
    [InlineData("--help", "demo")]
    [InlineData("--help", "--kafka <HOST:PORT>")]
    [InlineData("demo --help", "--kafka <HOST:PORT>")]
    [InlineData("demo --help", "three people order")]
    public async Task The_help_says_what_the_command_does(string arguments, string expected)
    {
        await using var output = new StringWriter();

        Assert.Equal(0, await SandboxCommand.RunAsync(arguments.Split(' '), output, TextWriter.Null, Cancellation));
        Assert.Contains(expected, output.ToString(), StringComparison.Ordinal);
    }

    private static Task<string> SettingAsync(SandboxHost sandbox, string role, string name) =>
        sandbox.Workers[role].Http.GetStringAsync($"environment/{name}", Cancellation);

    private SandboxOptions Options() =>
        new()
        {
            Worker = TestFiles.Probe,
            OnReady = _ready.Enqueue,
            Settings = new Dictionary<string, string?> { ["CoffeeBuddy__ReminderDelay"] = "00:00:05" },
        };
}
