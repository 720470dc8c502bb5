using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Workers;
using Npgsql;

namespace CoffeeBuddy.Sandbox.Tests;

public sealed class PostgresTests : IAsyncLifetime
{
    private EmbeddedPostgres _postgres = null!;

    public async ValueTask InitializeAsync() =>
        _postgres = await EmbeddedPostgres.StartAsync(cancellation: TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _postgres.DisposeAsync();

    [Fact]
    public async Task A_server_starts()
    {
        var version = await ScalarAsync(_postgres.ConnectionString, "show server_version");

        Assert.NotEmpty((string)version!);
        Assert.True(_postgres.IsRunning);
    }

    [Theory]
    [InlineData(PostgresStop.Fast)]
    [InlineData(PostgresStop.Immediate)]
    public async Task A_restart_keeps_the_port_and_the_committed_data(PostgresStop how)
    {
        var port = _postgres.Port;
        await ScalarAsync(
            _postgres.ConnectionString,
            "create table drinks (name text); insert into drinks values ('latte')"
        );

        await _postgres.RestartAsync(how, TestContext.Current.CancellationToken);

        Assert.Equal(port, _postgres.Port);
        Assert.Equal("latte", await ScalarAsync(_postgres.ConnectionString, "select name from drinks"));
    }

    [Fact]
    public async Task A_killed_server_recovers_committed_data_at_its_next_start()
    {
        await ScalarAsync(
            _postgres.ConnectionString,
            "create table drinks (name text); insert into drinks values ('latte')"
        );

        await _postgres.KillAsync();
        Assert.False(_postgres.IsRunning);
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(_postgres.ConnectionString, "select 1"));
        await _postgres.RestartAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal("latte", await ScalarAsync(_postgres.ConnectionString, "select name from drinks"));
        Assert.Contains(_postgres.LastLines, line => line.Contains("automatic recovery", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_killed_server_starts_again_while_a_session_of_the_old_server_is_still_busy()
    {
        // A busy session does not notice that its server was killed. It is busy for longer than the kill takes.
        var busy = ScalarAsync(
            _postgres.ConnectionString,
            "do $$ declare until timestamptz := clock_timestamp() + interval '2 s'; begin while clock_timestamp() < until loop end loop; end $$"
        );
        await using var source = NpgsqlDataSource.Create(_postgres.ConnectionString);
        await using var count = source.CreateCommand(
            "select count(*) from pg_stat_activity where state = 'active' and query like 'do %'"
        );
        await Eventually.TrueAsync(() => (long)count.ExecuteScalar()! == 1, "the session is busy");

        await _postgres.KillAsync();
        await _postgres.RestartAsync(cancellation: TestContext.Current.CancellationToken);

        Assert.Equal(1, await ScalarAsync(_postgres.ConnectionString, "select 1"));
        // The old session may fail or succeed.
        await Task.WhenAny(busy);
    }

    [Fact]
    public async Task Databases_of_one_server_have_separate_tables()
    {
        var one = await _postgres.CreateDatabaseAsync("one", TestContext.Current.CancellationToken);
        var two = await _postgres.CreateDatabaseAsync("a \"second\" one", TestContext.Current.CancellationToken);
        await ScalarAsync(one, "create table drinks (name text)");

        Assert.Equal(1L, await ScalarAsync(one, "select count(*) from pg_tables where tablename = 'drinks'"));
        Assert.Equal(0L, await ScalarAsync(two, "select count(*) from pg_tables where tablename = 'drinks'"));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        var wrong = new NpgsqlConnectionStringBuilder(_postgres.ConnectionString)
        {
            Password = "guess",
        }.ConnectionString;

        await Assert.ThrowsAsync<PostgresException>(() => ScalarAsync(wrong, "select 1"));
    }

    [Fact]
    public async Task After_disposal_the_process_and_its_folder_are_gone()
    {
        var data = (string)(await ScalarAsync(_postgres.ConnectionString, "show data_directory"))!;
        var process = await ServerProcessAsync(data);

        await _postgres.DisposeAsync();

        Assert.False(Directory.Exists(Path.GetDirectoryName(data)));
        Assert.False(TestFiles.IsAlive(process));
    }

    [Fact]
    public async Task A_given_data_folder_is_kept_and_used_again()
    {
        var folder = Directory.CreateTempSubdirectory("kept-").FullName;
        try
        {
            var options = new EmbeddedPostgresOptions { DataFolder = folder, Durable = true };
            await using (var first = await EmbeddedPostgres.StartAsync(options, TestContext.Current.CancellationToken))
                await ScalarAsync(first.ConnectionString, "create table drinks as select 'mocha' as name");

            await using var second = await EmbeddedPostgres.StartAsync(options, TestContext.Current.CancellationToken);

            Assert.Equal("mocha", await ScalarAsync(second.ConnectionString, "select name from drinks"));
            Assert.Equal("on", await ScalarAsync(second.ConnectionString, "show fsync"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_server_that_cannot_start_is_reported_with_its_log()
    {
        var options = new EmbeddedPostgresOptions
        {
            Settings = new Dictionary<string, string> { ["shared_buffers"] = "a lot" },
        };

        var failure = await Assert.ThrowsAsync<PartFailedException>(() =>
            EmbeddedPostgres.StartAsync(options, TestContext.Current.CancellationToken)
        );

        Assert.StartsWith(
            "PostgreSQL ended with exit code 1 while starting",
            failure.Message,
            StringComparison.Ordinal
        );
        Assert.Contains("shared_buffers", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task When_the_process_that_started_it_is_killed_the_server_and_its_folder_are_gone()
    {
        await using var owner = await WorkerProcess.StartAsync(
            new WorkerOptions("owner", TestFiles.Probe) { Arguments = ["owns-postgres"] },
            TestContext.Current.CancellationToken
        );
        var connectionString = owner.LastLines.Single(line => line.StartsWith("Host=", StringComparison.Ordinal));
        var data = (string)(await ScalarAsync(connectionString, "show data_directory"))!;
        var process = await ServerProcessAsync(data);
        Assert.True(TestFiles.IsAlive(process));

        await owner.KillAsync();

        await Eventually.TrueAsync(() => !TestFiles.IsAlive(process), "the server ended");
        await Eventually.TrueAsync(() => !Directory.Exists(Path.GetDirectoryName(data)), "its folder is gone");
    }

    private static async Task<int> ServerProcessAsync(string data) =>
        int.Parse(
            (await File.ReadAllLinesAsync(Path.Combine(data, "postmaster.pid"), TestContext.Current.CancellationToken))[
                0
            ]
        );

    private static async Task<object?> ScalarAsync(string connectionString, string sql)
    {
        await using var source = NpgsqlDataSource.Create(connectionString);
        await using var command = source.CreateCommand(sql);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
