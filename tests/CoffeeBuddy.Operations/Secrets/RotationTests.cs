using System.Text;
using CoffeeBuddy.Operations.Support;
using Npgsql;
using SlackSimulator.ToApp;

namespace CoffeeBuddy.Operations.Secrets;

/// <summary>A running worker whose secrets change.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class RotationTests(WholeOffice office) : IDisposable
{
    private static readonly string Dll = new SandboxOptions().Worker;

    private readonly TestAuthority _authority = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("coffeebuddy-rotation-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string LogFile => Path.Combine(_folder, "worker.log");

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Secrets_that_change_in_Vault_are_used_without_a_restart()
    {
        var tokenFile = Path.Combine(_folder, "token");
        await File.WriteAllTextAsync(tokenFile, "jwt-1", Cancellation);
        await using var vault = await VaultServer.StartAsync(_authority.Issue());
        vault.CreateUserAsync = CreateUserAsync;
        vault.Kv["Slack__SigningSecret"] = "signing-one";
        await using var worker = await StartAsync(
            new()
            {
                ["ConnectionStrings__CoffeeBuddy"] = WithoutLogin(),
                ["Slack__SigningSecret"] = null,
                ["Vault__Address"] = vault.Address.AbsoluteUri,
                ["Vault__CaFile"] = _authority.AuthorityFile,
                ["Vault__Role"] = VaultServer.Role,
                ["Vault__TokenFile"] = tokenFile,
                ["Vault__KvPath"] = VaultServer.KvPath,
                ["Vault__DatabaseRole"] = VaultServer.DatabaseRole,
                ["Vault__RefreshInterval"] = "00:00:01",
            }
        );
        using var slack = new SlackSender(worker.Address);
        Assert.Equal(200, await StatusAsync(slack, "signing-one"));
        Assert.Equal([vault.Users.Single()], await SessionsAsync(vault.Users[0]));

        vault.Kv["Slack__SigningSecret"] = "signing-two";
        await Eventually.TrueAsync(
            async () => await StatusAsync(slack, "signing-two") == 200,
            "the new signing secret is accepted"
        );
        Assert.Equal(401, await StatusAsync(slack, "signing-one"));

        vault.RevokeLeases();
        await LockOutAsync(vault.Users[0]);
        await Eventually.TrueAsync(
            async () => await StatusAsync(slack, "signing-two") == 200 && vault.Users.Count == 2,
            "the worker works with a new database login"
        );
        Assert.Equal([vault.Users[1]], await SessionsAsync(vault.Users[1]));

        vault.IsSealed = true;
        await Eventually.TrueAsync(
            async () =>
                Exposition
                    .Parse(await worker.Management.GetStringAsync("metrics", Cancellation))
                    .Value("coffeebuddy_secret_reads_total", "source=\"vault\"", "outcome=\"failed\"") > 0,
            "the failure is counted"
        );
        Assert.Equal(200, await StatusAsync(slack, "signing-two"));
        var log = await File.ReadAllTextAsync(LogFile, Cancellation);
        Assert.Contains("Settings changed in vault: Slack:SigningSecret", log, StringComparison.Ordinal);
        Assert.Contains("those known stay in use: Vault refused", log, StringComparison.Ordinal);
        Assert.DoesNotContain("signing-", log, StringComparison.Ordinal);
        Assert.DoesNotContain("hvs.", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_that_change_in_files_are_used_without_a_restart()
    {
        await CreateUserAsync("coffee_rotation", "database-one");
        var port = int.Parse(office.Sandbox.KafkaServers.Split(':')[1]);
        await using var kafka = new SaslKafka(
            _authority.Issue(),
            port,
            "worker",
            "kafka-one",
            _authority.AuthorityFile
        );
        var client = _authority.Issue("worker");
        var secrets = new MountedSecret(Path.Combine(_folder, "secrets"));
        secrets.Write(
            ("ConnectionStrings__CoffeeBuddy", $"{WithoutLogin()};Username=coffee_rotation;Password=database-one"),
            ("Kafka__Password", "kafka-one"),
            ("Slack__SigningSecret", "signing-one"),
            ("Slack__BotToken", "xoxb-one")
        );
        await using var worker = await StartAsync(
            new()
            {
                ["CoffeeBuddy__SecretsFolder"] = secrets.Folder,
                ["Kafka__BootstrapServers"] = kafka.BootstrapServers,
                ["Kafka__SecurityProtocol"] = "SaslSsl",
                ["Kafka__SaslMechanism"] = "Plain",
                ["Kafka__Username"] = "worker",
                ["Kafka__SslCaLocation"] = _authority.AuthorityFile,
                ["Kafka__SslCertificateLocation"] = client.CertificateFile,
                ["Kafka__SslKeyLocation"] = client.KeyFile,
            }
        );
        using var slack = new SlackSender(worker.Address);
        Assert.Equal(200, await StatusAsync(slack, "signing-one"));
        Assert.True(await SlackRefusesTokenAsync(worker));
        Assert.Contains("kafka-one", kafka.Accepted);

        await office.Rows.ExecuteAsync("ALTER ROLE coffee_rotation PASSWORD 'database-two'");
        kafka.Password = "kafka-two";
        secrets.Write(
            ("ConnectionStrings__CoffeeBuddy", $"{WithoutLogin()};Username=coffee_rotation;Password=database-two"),
            ("Kafka__Password", "kafka-two"),
            ("Slack__SigningSecret", "signing-two"),
            ("Slack__BotToken", SlackSender.BotToken)
        );
        await Eventually.TrueAsync(
            async () => await StatusAsync(slack, "signing-two") == 200,
            "the new signing secret is accepted"
        );
        Assert.Equal(401, await StatusAsync(slack, "signing-one"));
        Assert.False(await SlackRefusesTokenAsync(worker));

        // A login is checked when a connection opens.
        await EndSessionsAsync("coffee_rotation");
        await Eventually.TrueAsync(
            async () =>
                await StatusAsync(slack, "signing-two") == 200 && (await SessionsAsync("coffee_rotation")).Any(),
            "new sessions use the new password of the database"
        );
        kafka.Disconnect();
        await Eventually.TrueAsync(() => kafka.Accepted.Contains("kafka-two"), "Kafka is used with the new password");
    }

    [Fact]
    public async Task A_changed_setting_that_is_not_valid_leaves_the_last_ones_in_use()
    {
        var secrets = new MountedSecret(Path.Combine(_folder, "secrets"));
        secrets.Write(("Slack__SigningSecret", "signing-one"), ("Slack__BotToken", "xoxb-one"));
        await using var worker = await StartAsync(new() { ["CoffeeBuddy__SecretsFolder"] = secrets.Folder });
        using var slack = new SlackSender(worker.Address);

        secrets.Write(("Slack__SigningSecret", "two words"), ("Slack__BotToken", "xoxb-one"));
        await Eventually.TrueAsync(
            async () =>
                (await File.ReadAllTextAsync(LogFile, Cancellation)).Contains(
                    "Changed settings are not valid, so the last SlackOptions stay in use",
                    StringComparison.Ordinal
                ),
            "the change is refused"
        );

        Assert.Equal(200, await StatusAsync(slack, "signing-one"));
        Assert.DoesNotContain(
            "two words",
            await File.ReadAllTextAsync(LogFile, Cancellation),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_worker_without_its_Vault_ends_with_one_sentence()
    {
        var environment = office.Environment();
        environment["Vault__Address"] = $"https://127.0.0.1:{FreePort.Next()}/";
        environment["Vault__Role"] = VaultServer.Role;
        environment["Vault__KvPath"] = VaultServer.KvPath;
        environment["Vault__TokenFile"] = typeof(RotationTests).Assembly.Location;
        environment["Vault__StartTimeout"] = "00:00:01";

        foreach (
            var (arguments, start) in new (string[], string)[]
            {
                ([], "The worker cannot start: Vault at https://127.0.0.1:"),
                (["migrate"], "The database was not migrated: Vault at https://127.0.0.1:"),
            }
        )
        {
            var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
                WorkerProcess.RunAsync(
                    new("Worker", Dll) { Arguments = arguments, Environment = environment },
                    Cancellation
                )
            );

            Assert.Equal("ended with exit code 1", failure.Problem);
            Assert.StartsWith(start, Assert.Single(failure.LastLines), StringComparison.Ordinal);
        }
    }

    private Task<WorkerProcess> StartAsync(Dictionary<string, string?> settings)
    {
        var environment = office.Environment();
        foreach (var (index, function) in WorkerRoles.Functions[WorkerRoles.Http].Index())
            environment[$"AzureFunctionsJobHost__functions__{index}"] = function;
        foreach (var (name, value) in settings)
            environment[name] = value;
        return WorkerProcess.StartAsync(
            new("Rotation", Dll) { Environment = environment, LogFile = LogFile },
            Cancellation
        );
    }

    private static async Task<int> StatusAsync(SlackSender slack, string secret)
    {
        var timestamp = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString();
        // A text of its own each time: a repeated request might be refused as a replay.
        var body = Encoding.UTF8.GetBytes(
            $"team_id=T0SIM00001&channel_id={Office.NewChannel()}&user_id={Office.NewUser()}&command=%2Fcoffee&text=&trigger_id=1.2.3"
        );
        var answer = await slack.PostAsync(
            "slack/commands",
            body,
            timestamp,
            RequestSigner.Sign(secret, timestamp, body)
        );
        return answer.Status;
    }

    private static async Task<bool> SlackRefusesTokenAsync(WorkerProcess worker)
    {
        var metrics = Exposition.Parse(await worker.Management.GetStringAsync("metrics", Cancellation));
        var refused = metrics.Has("coffeebuddy_slack_calls_total", "outcome=\"invalid_auth\"");
        return refused
            && !metrics.Samples.Any(sample =>
                sample.Name == "coffeebuddy_slack_calls_total"
                && !sample.Labels.Contains("invalid_auth", StringComparison.Ordinal)
            );
    }

    private string WithoutLogin()
    {
        var settings = new NpgsqlConnectionStringBuilder(office.Sandbox.ConnectionString);
        settings.Remove("Username");
        settings.Remove("Password");
        return settings.ConnectionString;
    }

    private Task CreateUserAsync(string user, string password) =>
        office.Rows.ExecuteAsync($"CREATE ROLE \"{user}\" SUPERUSER LOGIN PASSWORD '{password}'");

    private async Task LockOutAsync(string user)
    {
        await office.Rows.ExecuteAsync($"ALTER ROLE \"{user}\" NOLOGIN");
        await EndSessionsAsync(user);
    }

    private Task EndSessionsAsync(string user) =>
        office.Rows.ExecuteAsync(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = @user",
            new { user }
        );

    private Task<IReadOnlyList<string>> SessionsAsync(string user) =>
        office.Rows.ListAsync<string>(
            "SELECT DISTINCT usename::text FROM pg_stat_activity WHERE usename = @user",
            new { user }
        );
}
