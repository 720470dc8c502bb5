using CoffeeBuddy.Core;
using CoffeeBuddy.Functions.Hosting;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>The worker's command line: errors at start, settings, and the migration.</summary>
public sealed class StartupTests(ApiOffice office)
{
    private static readonly string Dll = new SandboxOptions().Worker;

    [Fact]
    public async Task Without_configuration_it_lists_all_missing_settings_and_ends()
    {
        var failure = await FailsAsync([], []);

        Assert.Equal("The functions host cannot start:", failure.LastLines[0]);
        foreach (
            var setting in (string[])
                [
                    "%Kafka:BootstrapServers%",
                    "ConnectionStrings:CoffeeBuddy is missing.",
                    "RecordKey",
                    "SigningSecret",
                    "BotToken",
                    "Authority",
                    "Audience",
                    "Workspaces must name",
                ]
        )
            Assert.Contains(failure.LastLines, line => line.Contains(setting, StringComparison.Ordinal));
        Assert.All(failure.LastLines.Skip(1), line => Assert.StartsWith("  - ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task All_errors_are_in_one_message_without_secrets()
    {
        var environment = office.Environment();
        environment["ConnectionStrings__CoffeeBuddy"] = "Host=db;Password=open-sesame;Nonsense=1";
        environment["CoffeeBuddy__OrderWindow"] = "soon";
        environment["Kafka__PublishTimeout"] = "00:01:00";
        environment["Sweep__Schedule"] = "whenever";
        environment["Slack__BotToken"] = "xoxb open-sesame";
        environment["Slack__ApiUrl"] = "http://slack.example.com/api";
        environment["Oidc__AllowHttp"] = "perhaps";
        environment["AzureFunctionsJobHost__functions__0"] = "MakeTea";

        var failure = await FailsAsync([], environment);

        Assert.Equal("The functions host cannot start:", failure.LastLines[0]);
        foreach (
            var fault in (string[])
                [
                    "connection string that Npgsql understands",
                    "'soon' at 'CoffeeBuddy:OrderWindow'",
                    "PublishTimeout",
                    "BotToken must be one word",
                    "ApiUrl must be",
                    "'perhaps' at 'Oidc:AllowHttp'",
                    "MakeTea",
                ]
        )
            Assert.Contains(failure.LastLines, line => line.Contains(fault, StringComparison.Ordinal));
        Assert.DoesNotContain(
            failure.LastLines,
            line =>
                line.Contains("open-sesame", StringComparison.Ordinal)
                || line.Contains("   at ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task An_invalid_schedule_is_named()
    {
        var environment = office.Environment();
        environment["Sweep__Schedule"] = "whenever";
        environment["AzureFunctionsJobHost__functions__0"] = "PublishOutbox";

        Assert.Contains(
            (await FailsAsync([], environment)).LastLines,
            line => line.Contains("whenever", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_sandbox_clock_is_refused_outside_development()
    {
        var environment = office.Environment();
        environment["DOTNET_ENVIRONMENT"] = "Production";
        environment["Tls__AllowPlaintext"] = "Http, Database, Kafka";
        environment["Clock__Url"] = "http://127.0.0.1:1/sim/clock";

        Assert.Equal(
            ["The functions host cannot start:", "  - Clock:Url is allowed only in Development."],
            (await FailsAsync([], environment)).LastLines
        );
    }

    [Fact]
    public async Task Settings_may_be_arguments()
    {
        var environment = office.Environment();
        environment["Kafka__BootstrapServers"] = null;

        var failure = await FailsAsync(
            ["--Kafka:BootstrapServers=127.0.0.1:1", "--CoffeeBuddy:OrderWindow", "soon"],
            environment
        );

        Assert.Contains(
            "'soon' at 'CoffeeBuddy:OrderWindow'",
            Assert.Single(failure.LastLines.Skip(1)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Help_names_the_commands()
    {
        var lines = await WorkerProcess.RunAsync(
            new("Help", Dll) { Arguments = ["--help"] },
            TestContext.Current.CancellationToken
        );

        foreach (var command in (string[])["migrate", "deadletter"])
            Assert.Contains(lines, line => line.StartsWith($"  {command} ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mistyped_command_starts_no_worker()
    {
        Assert.Contains(
            (await FailsAsync(["migrat"], office.Environment())).LastLines,
            line => line.Contains("'migrat'", StringComparison.Ordinal)
        );
        Assert.Contains(
            (await FailsAsync(["migrate", "twice"], office.Environment())).LastLines,
            line => line.Contains("'twice'", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Warming_up_reads_each_kind_of_request_to_its_end() =>
        Assert.True(SlackRehearsal.Run(new CoffeeOptions().Menu));

    [Fact]
    public async Task A_worker_that_warms_up_stores_nothing()
    {
        var before = await office.ContentAsync();

        await using var worker = await office.Sandbox.StartReplicaAsync(
            WorkerRoles.Http,
            TestContext.Current.CancellationToken
        );

        Assert.Contains(worker.LastLines, line => line.Contains("Warmed up in", StringComparison.Ordinal));
        Assert.Equal(before, await office.ContentAsync());
    }

    [Fact]
    public async Task Migrating_twice_changes_nothing_the_second_time()
    {
        var database = await office.Sandbox.Postgres.CreateDatabaseAsync(
            "twice",
            TestContext.Current.CancellationToken
        );

        var first = await MigrateAsync(database);
        var second = await MigrateAsync(database);

        Assert.True(first >= 2);
        Assert.Equal(0, second);
    }

    [Fact]
    public async Task Two_migrations_at_the_same_time_apply_each_file_once()
    {
        var alone = await MigrateAsync(
            await office.Sandbox.Postgres.CreateDatabaseAsync("alone", TestContext.Current.CancellationToken)
        );
        var database = await office.Sandbox.Postgres.CreateDatabaseAsync(
            "at_once",
            TestContext.Current.CancellationToken
        );

        var applied = await Task.WhenAll(MigrateAsync(database), MigrateAsync(database));

        Assert.Equal(alone, applied.Sum());
    }

    [Fact]
    public async Task A_failed_migration_is_explained_in_one_sentence()
    {
        var nowhere = await FailsAsync(
            ["migrate"],
            new()
            {
                ["ConnectionStrings__CoffeeBuddy"] =
                    $"Host=127.0.0.1;Port={FreePort.Next()};Username=x;Password=open-sesame;Timeout=2",
                ["DOTNET_ENVIRONMENT"] = "Development",
            }
        );
        var unset = await FailsAsync(["migrate"], new() { ["ConnectionStrings__CoffeeBuddy"] = null });

        Assert.Contains(
            nowhere.LastLines,
            line => line.StartsWith("The database was not migrated: ", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(nowhere.LastLines, line => line.Contains("open-sesame", StringComparison.Ordinal));
        Assert.Equal(
            ["ConnectionStrings__CoffeeBuddy is not set: it says which database to migrate."],
            unset.LastLines
        );
    }

    private static async Task<int> MigrateAsync(string connectionString)
    {
        var lines = await WorkerProcess.RunAsync(
            new("Migration", Dll)
            {
                Arguments = ["migrate"],
                Environment = new Dictionary<string, string?>
                {
                    ["ConnectionStrings__CoffeeBuddy"] = connectionString,
                    ["DOTNET_ENVIRONMENT"] = "Development",
                },
            },
            TestContext.Current.CancellationToken
        );
        return int.Parse(
            lines.Single(line => line.EndsWith(" migrations applied.", StringComparison.Ordinal)).Split(' ')[0]
        );
    }

    private static async Task<PartFailedException> FailsAsync(
        string[] arguments,
        Dictionary<string, string?> environment
    )
    {
        environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0;http://127.0.0.1:9090";
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.RunAsync(
                new("Worker", Dll) { Arguments = arguments, Environment = environment },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("ended with exit code 1", failure.Problem);
        // Log lines of what began beside the check are on stdout, the message is on stderr.
        return new(failure.Part, failure.Problem, [.. failure.LastLines.Where(line => !line.StartsWith('{'))]);
    }
}
