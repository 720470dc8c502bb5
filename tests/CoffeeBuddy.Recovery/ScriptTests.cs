using System.Globalization;
using System.Security.Cryptography;
using CoffeeBuddy.Data.Migrations;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CoffeeBuddy.Recovery;

/// <summary>backup.sh and restore.sh on a real PostgreSQL, with the roles of roles.sql.</summary>
public sealed class ScriptTests(ScriptTests.Server server) : IClassFixture<ScriptTests.Server>, IDisposable
{
    private readonly BackupScripts _scripts = new(Directory.CreateTempSubdirectory("coffeebuddy-backups-").FullName);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_scripts.Folder, recursive: true);

    [Fact]
    public async Task A_backup_has_every_row_and_right_and_says_so_in_one_line()
    {
        var original = await server.CreateAsync(Server.WithRows);
        var empty = await server.CreateAsync(Server.Empty);

        // The role that only reads.
        var (code, output, errors) = await _scripts.BackupAsync(Server.As("coffeebuddy_backup", original));
        Assert.True(code == 0, errors);
        Assert.Matches(
            @"^Backed up \d+ bytes to \S+/coffeebuddy-\d{8}T\d{6}Z\.dump in \d+ s; deleted 0 older than 30 days\.\n$",
            output
        );
        var restored = await BackupScripts.RestoredAsync(Assert.Single(Dumps()), empty);

        Assert.Matches(@"recover --since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\n", restored);
        Assert.Equal(await ContentAsync(original), await ContentAsync(empty));
        await using var worker = new NpgsqlConnection(Server.As("coffeebuddy_worker", empty));
        Assert.Equal(1, await worker.ExecuteAsync("UPDATE users SET away = NOT away"));
        Assert.Equal(
            PostgresErrorCodes.InsufficientPrivilege,
            (await Assert.ThrowsAsync<PostgresException>(() => worker.ExecuteAsync("DELETE FROM users"))).SqlState
        );
        Assert.Equal(0, Migrator.Migrate(Server.As("coffeebuddy_owner", empty), NullLogger.Instance));
    }

    [Theory]
    [InlineData("truncated", "it does not have its checksum")]
    [InlineData("changed", "it does not have its checksum")]
    [InlineData("without a checksum", "has no checksum beside it")]
    [InlineData("away", "there is no ")]
    public async Task A_backup_that_is_not_whole_is_refused(string fault, string reason)
    {
        var backup = await _scripts.BackedUpAsync(await server.CreateAsync(Server.WithRows));
        var bytes = await File.ReadAllBytesAsync(backup, Cancellation);
        bytes[^1] ^= 1;
        switch (fault)
        {
            case "truncated":
                await File.WriteAllBytesAsync(backup, bytes[..^200], Cancellation);
                break;
            case "changed":
                await File.WriteAllBytesAsync(backup, bytes, Cancellation);
                break;
            case "without a checksum":
                File.Delete($"{backup}.sha256");
                break;
            default:
                File.Delete(backup);
                break;
        }
        var target = await server.CreateAsync(Server.Empty);

        var (code, _, errors) = await BackupScripts.RestoreAsync(backup, target);

        Assert.Equal(1, code);
        Assert.StartsWith("Not restored, the database is as it was: ", errors, StringComparison.Ordinal);
        Assert.Contains(reason, errors, StringComparison.Ordinal);
        await using var rows = new Rows(target);
        Assert.Equal(0, await rows.CountAsync("pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task A_database_that_is_not_empty_is_replaced_only_when_that_is_asked_for()
    {
        var original = await server.CreateAsync(Server.WithRows);
        var backup = await _scripts.BackedUpAsync(original);
        var target = await server.CreateAsync(Server.Migrated);
        await using (var connection = new NpgsqlConnection(target))
            await connection.ExecuteAsync("CREATE TABLE of_a_later_version (id INT)");
        var before = await ContentAsync(target);

        var (code, _, errors) = await BackupScripts.RestoreAsync(backup, target);
        Assert.Equal(1, code);
        Assert.Contains("it is not empty", errors, StringComparison.Ordinal);
        Assert.Equal(before, await ContentAsync(target));

        await BackupScripts.RestoredAsync(backup, target, "--replace");
        Assert.Equal(await ContentAsync(original), await ContentAsync(target));
    }

    [Fact]
    public async Task A_restore_that_fails_on_its_way_changes_nothing()
    {
        var backup = await _scripts.BackedUpAsync(await server.CreateAsync(Server.WithRows));
        var bytes = (await File.ReadAllBytesAsync(backup, Cancellation))[..^200];
        await File.WriteAllBytesAsync(backup, bytes, Cancellation);
        await File.WriteAllTextAsync(
            $"{backup}.sha256",
            $"{Convert.ToHexStringLower(SHA256.HashData(bytes))}  {Path.GetFileName(backup)}\n",
            Cancellation
        );
        var target = await server.CreateAsync(Server.WithRows);
        var before = await ContentAsync(target);

        var (code, _, errors) = await BackupScripts.RestoreAsync(backup, target, "--replace");

        Assert.Equal(1, code);
        Assert.Contains("the database is as it was: the reason is above", errors, StringComparison.Ordinal);
        Assert.Equal(before, await ContentAsync(target));
    }

    [Fact]
    public async Task A_database_that_workers_use_is_not_restored()
    {
        var backup = await _scripts.BackedUpAsync(await server.CreateAsync(Server.WithRows));
        var target = await server.CreateAsync(Server.Empty);
        await using var worker = new NpgsqlConnection($"{target};Application Name=coffeebuddy;Pooling=false");
        await worker.OpenAsync(Cancellation);

        var (code, _, errors) = await BackupScripts.RestoreAsync(backup, target);

        Assert.Equal(1, code);
        Assert.Contains("workers have 1 connections", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_deletes_those_before_the_retention_and_no_other_file()
    {
        var now = DateTime.UtcNow;
        string[] kept =
        [
            .. BackupOf(now.AddDays(-29.9)),
            .. BackupOf(now.AddDays(1)),
            // A checksum alone, and files of others.
            $"coffeebuddy-{Name(now.AddDays(-2))}.dump.sha256",
            $"otherapp-{Name(now.AddDays(-40))}.dump",
            "coffeebuddy-20200101.dump",
            "coffeebuddy-yesterday.dump",
            $".coffeebuddy-{Name(now.AddHours(-2))}.dump.partial",
        ];
        string[] due =
        [
            .. BackupOf(now.AddDays(-30.1)),
            .. BackupOf(now.AddDays(-400)),
            $"coffeebuddy-{Name(now.AddDays(-31))}.dump.sha256",
            $".coffeebuddy-{Name(now.AddDays(-1.1))}.dump.partial",
        ];
        foreach (var file in kept.Concat(due))
            await File.WriteAllTextAsync(Path.Combine(_scripts.Folder, file), "", Cancellation);

        var (code, output, errors) = await _scripts.BackupAsync(await server.CreateAsync(Server.WithRows));

        Assert.True(code == 0, errors);
        Assert.Contains("; deleted 2 older than 30 days.", output, StringComparison.Ordinal);
        var files = Files();
        Assert.Empty(due.Intersect(files));
        Assert.Empty(kept.Except(files));
        Assert.Equal(kept.Length + 2, files.Count);
    }

    [Theory]
    [InlineData("no such database", "does not exist")]
    [InlineData("another database", "the database has no table coffee_runs")]
    [InlineData("no retention", "RETENTION_DAYS must be a number of days above 0")]
    public async Task A_backup_that_fails_deletes_nothing_and_says_why_in_one_line(string fault, string reason)
    {
        var old = BackupOf(DateTime.UtcNow.AddDays(-99));
        foreach (var file in old)
            await File.WriteAllTextAsync(Path.Combine(_scripts.Folder, file), "", Cancellation);
        var database = await server.CreateAsync(fault == "another database" ? Server.Empty : Server.Migrated);
        (string, string)[] environment = fault switch
        {
            "no such database" => [("PGDATABASE", "nothing")],
            "no retention" => [("RETENTION_DAYS", "0")],
            _ => [],
        };

        var (code, output, errors) = await _scripts.BackupAsync(database, environment);

        Assert.Equal((1, ""), (code, output));
        Assert.Matches($"^Backup failed: .*{reason}.*\n$", errors);
        Assert.Equal(old.Order(), Files().Order());
    }

    private static string[] BackupOf(DateTime time) =>
        [$"coffeebuddy-{Name(time)}.dump", $"coffeebuddy-{Name(time)}.dump.sha256"];

    private static string Name(DateTime time) => time.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    private string[] Dumps() => Directory.GetFiles(_scripts.Folder, "*.dump");

    private List<string> Files() => [.. Directory.GetFiles(_scripts.Folder).Select(path => Path.GetFileName(path))];

    private static async Task<IReadOnlyDictionary<string, string>> ContentAsync(string connectionString)
    {
        await using var rows = new Rows(connectionString);
        return await rows.ContentAsync();
    }

    /// <summary>A server with databases that roles.sql has prepared.</summary>
    public sealed class Server : IAsyncLifetime
    {
        /// <summary>After roles.sql, without tables.</summary>
        public const string Empty = "empty";

        public const string Migrated = "migrated";

        public const string WithRows = "with_rows";

        private const string Password = "a password: with \\ and '";

        private EmbeddedPostgres _postgres = null!;
        private int _databases;

        public async ValueTask InitializeAsync()
        {
            _postgres = await EmbeddedPostgres.StartAsync(
                new EmbeddedPostgresOptions { Binaries = BackupScripts.Binaries },
                Cancellation
            );
            var roles = await File.ReadAllTextAsync(Repository.File("deploy", "postgresql", "roles.sql"), Cancellation);
            var quoted = Password.Replace("'", "''", StringComparison.Ordinal);
            await ExecuteAsync(await TemplateAsync(Empty, "template1"), roles);
            foreach (var role in (string[])["coffeebuddy_owner", "coffeebuddy_worker", "coffeebuddy_backup"])
                await ExecuteAsync(_postgres.ConnectionString, $"ALTER ROLE {role} PASSWORD '{quoted}'");
            var migrated = await TemplateAsync(Migrated, Empty);
            Migrator.Migrate(As("coffeebuddy_owner", migrated), NullLogger.Instance);
            await ExecuteAsync(migrated, roles);
            await ExecuteAsync(
                await TemplateAsync(WithRows, Migrated),
                """
                INSERT INTO users (user_id, display_name, created_at, updated_at) VALUES ('U1', 'Zoë \. "☕" ', now(), now());
                INSERT INTO coffee_runs (run_id, workspace_id, channel_id, initiator_user_id, created_at, changed_at)
                VALUES (gen_random_uuid(), 'T1', 'C1', 'U1', now(), now());
                INSERT INTO outbox (event_id, topic, message_key, event_type, data, created_at)
                SELECT gen_random_uuid(), 'coffee.orders', md5(n::text), 'coffee.order.placed', repeat(md5(n::text), 20), now()
                FROM generate_series(1, 200) n;
                """
            );
        }

        public ValueTask DisposeAsync() => _postgres?.DisposeAsync() ?? ValueTask.CompletedTask;

        public static string As(string role, string connectionString) =>
            new NpgsqlConnectionStringBuilder(connectionString)
            {
                Username = role,
                Password = Password,
                Pooling = false,
            }.ConnectionString;

        /// <summary>A new database.</summary>
        /// <param name="like"><see cref="Empty"/>, <see cref="Migrated"/> or <see cref="WithRows"/>.</param>
        /// <returns>Its connection string, as superuser.</returns>
        public Task<string> CreateAsync(string like) =>
            TemplateAsync($"coffee{Interlocked.Increment(ref _databases)}", like);

        private async Task<string> TemplateAsync(string name, string like)
        {
            await ExecuteAsync(_postgres.ConnectionString, $"CREATE DATABASE {name} TEMPLATE {like}");
            return new NpgsqlConnectionStringBuilder(_postgres.ConnectionStringFor(name))
            {
                Pooling = false,
            }.ConnectionString;
        }

        private static async Task ExecuteAsync(string connectionString, string sql)
        {
            await using var connection = new NpgsqlConnection($"{connectionString};Pooling=false");
            await connection.ExecuteAsync(sql);
        }
    }
}
