using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Functions.Tests;

/// <summary>The worker's program: what it says when it cannot start, and how it migrates.</summary>
public sealed class StartupTests(ApiOffice office)
{
    private static readonly string Dll = new SandboxOptions().Worker;

    [Fact]
    public async Task Without_any_configuration_it_says_all_that_is_missing_and_ends()
    {
        var failure = await FailsAsync([], []);

        Assert.Equal("The functions host cannot start:", failure.LastLines[0]);
        foreach (
            var setting in (string[])
                [
                    "%Kafka:BootstrapServers%",
                    "ConnectionStrings:CoffeeBuddy is missing.",
                    "SigningSecret",
                    "BotToken",
                    "Authority",
                    "Audience",
                ]
        )
            Assert.Contains(failure.LastLines, line => line.Contains(setting, StringComparison.Ordinal));
        Assert.All(failure.LastLines.Skip(1), line => Assert.StartsWith("  - ", line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_in_one_message_and_no_secret_with_it()
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
    public async Task A_schedule_that_is_none_is_named()
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
    public async Task Two_that_migrate_at_once_share_the_work()
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
    public async Task A_migration_that_cannot_be_says_why_and_ends()
    {
        var nowhere = await FailsAsync(
            ["migrate"],
            new()
            {
                ["ConnectionStrings__CoffeeBuddy"] =
                    $"Host=127.0.0.1;Port={FreePort.Next()};Username=x;Password=open-sesame;Timeout=2",
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
                Environment = new Dictionary<string, string?> { ["ConnectionStrings__CoffeeBuddy"] = connectionString },
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
        environment["ASPNETCORE_URLS"] = "http://127.0.0.1:0";
        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            WorkerProcess.RunAsync(
                new("Worker", Dll) { Arguments = arguments, Environment = environment },
                TestContext.Current.CancellationToken
            )
        );
        Assert.Equal("ended with exit code 1", failure.Problem);
        return failure;
    }
}
