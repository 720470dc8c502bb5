using CoffeeBuddy.Core.Runs;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Data.Migrations;
using CoffeeBuddy.Data.Runs;
using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Support;
using Dapper;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>PostgreSQL through PgBouncer, in its default mode (session) and in transaction mode.</summary>
public sealed class PgBouncerTests(PostgresServer server) : DatabaseTest(server), IAsyncDisposable
{
    private const string Limits = "SELECT current_setting(name) FROM unnest(@names) AS name";

    private static readonly string[] LimitNames = ["statement_timeout", "idle_in_transaction_session_timeout"];

    private readonly PostgresServer _server = server;
    private readonly List<PgBouncer> _pgBouncers = [];

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        foreach (var pgBouncer in _pgBouncers)
            await pgBouncer.DisposeAsync();
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task Orders_are_stored_through_it_from_several_workers_at_once(string mode)
    {
        var through = await StartAsync(mode) + ";Maximum Pool Size=2";
        var workers = (RunStore[])[RunsOf(through), RunsOf(through)];
        var run = (await OpenAsync()).Run;

        // In each session more than the five executions after which a statement is prepared for a direct connection.
        var placed = await AtOnceAsync(
            60,
            index =>
                workers[index % 2]
                    .PlaceOrderAsync(
                        new(run.RunId, $"U{index}", DisplayName: null, Latte, Note: null, TraceParent: null),
                        Cancellation
                    )
        );

        Assert.All(placed, order => Assert.Equal(OrderOutcome.Placed, order.Outcome));
        Assert.Equal(60, await CountAsync("orders"));
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task The_server_gives_up_by_itself_on_the_transaction_of_a_worker_that_is_lost(string mode)
    {
        var database = Connect(Options(await StartAsync(mode)));

        var limits = await database.TransactAsync(
            (connection, transaction, _) =>
                connection.QueryAsync<string>(Limits, new { names = LimitNames }, transaction),
            Cancellation
        );

        Assert.Equal(["10s", "10s"], limits);
    }

    [Fact]
    public async Task Nothing_is_left_in_a_session_that_others_use_next()
    {
        var through = await StartAsync("transaction");
        var runs = RunsOf(through);
        for (var time = 0; time < 10; time++)
            await runs.OpenOrJoinAsync(new(Workspace, $"C{time}", "U1", null, null), Cancellation);
        await using var other = new NpgsqlConnection(through + ";Pooling=false");

        var left = await other.QueryAsync<string>(Limits, new { names = LimitNames });

        Assert.Equal(["0", "0"], left);
        Assert.Equal(0, await other.ExecuteScalarAsync<int>("SELECT count(*) FROM pg_prepared_statements"));
    }

    [Fact]
    public async Task Its_statement_mode_is_refused_by_name()
    {
        var database = Connect(await StartAsync("statement"));

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => AskAsync(database));

        Assert.Contains("statement pooling mode", database.Refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Options=-c geqo=off", "unsupported startup parameter")]
    [InlineData("Password=wrong", "authentication failed")]
    [InlineData("Username=nobody", "authentication failed")]
    [InlineData("Database=nowhere", "does not exist")]
    [InlineData("SSL Mode=Require", "SSL")]
    public async Task What_it_refuses_is_named(string setting, string reason)
    {
        var database = Connect($"{await StartAsync("session")};{setting}");

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => AskAsync(database));

        Assert.Contains(reason, database.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_PostgreSQL_is_down_behind_it_nothing_is_refused()
    {
        var down = new NpgsqlConnectionStringBuilder(ConnectionString) { Port = FreePort.Next() }.ConnectionString;
        var database = Connect(
            new DataOptions
            {
                ConnectionString = await StartAsync("transaction", down),
                ConnectTimeout = TimeSpan.FromSeconds(1),
            }
        );

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() => AskAsync(database));

        Assert.Null(database.Refusal);
    }

    [Theory]
    [InlineData("session")]
    [InlineData("transaction")]
    public async Task Several_migrations_through_it_apply_each_file_once_and_keep_no_lock(string mode)
    {
        var empty = await _server.CreateEmptyAsync();
        var through = await StartAsync(mode, empty);

        var applied = await AtOnceAsync(3, _ => Task.FromResult(Migrator.Migrate(through, NullLogger.Instance)))
            .WaitAsync(Guard.Timeout, Cancellation);

        Assert.True(await Migrator.IsUpToDateAsync(Connect(empty), Cancellation));
        Assert.Equal(2, applied.Count(files => files == 0));
        Assert.Equal(
            0,
            await Connect(empty)
                .RunAsync(
                    (connection, _) =>
                        connection.ExecuteScalarAsync<int>(
                            // The server's other databases are those of tests that run at the same time.
                            """
                            SELECT count(*) FROM pg_locks
                            WHERE locktype = 'advisory'
                              AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
                            """
                        ),
                    Cancellation
                )
        );
    }

    private static Task<int> AskAsync(Database database) =>
        database.RunAsync((connection, _) => connection.ExecuteScalarAsync<int>("SELECT 1"), Cancellation);

    private static new DataOptions Options(string connectionString) => new() { ConnectionString = connectionString };

    private RunStore RunsOf(string connectionString) =>
        new(Connect(connectionString), Time, Microsoft.Extensions.Options.Options.Create(base.Options));

    private async Task<string> StartAsync(string mode, string? database = null)
    {
        var pgBouncer = await PgBouncer.StartAsync(database ?? ConnectionString, mode);
        _pgBouncers.Add(pgBouncer);
        return pgBouncer.ConnectionString;
    }
}
