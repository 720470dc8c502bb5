using CoffeeBuddy.Data.Connections;
using Dapper;
using Npgsql;
using Support;

namespace CoffeeBuddy.Data.Tests;

/// <summary>
/// A server that is up but slow, or occupied: the call that waits fails, and the circuit breaker does not count it.
/// </summary>
public sealed class BusyDatabaseTests(PostgresServer server) : DatabaseTest(server)
{
    private const int MoreThanOpenTheBreaker = 6;

    [Fact]
    public async Task A_wait_for_a_lock_beyond_the_timeout_is_busy()
    {
        await using var other = new NpgsqlConnection(ConnectionString);
        await other.OpenAsync(Cancellation);
        await other.ExecuteAsync("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");

        var waiting = BeginAsync("SELECT count(*) FROM users");
        await UntilAsync("wait_event_type = 'Lock'");
        Time.Advance(TimeSpan.FromSeconds(30));

        await BusyAsync(waiting);
    }

    [Fact]
    public async Task A_statement_that_takes_longer_than_the_timeout_is_busy()
    {
        var sleeping = BeginAsync("SELECT pg_sleep(600)");
        await UntilAsync("wait_event = 'PgSleep'");
        Time.Advance(TimeSpan.FromSeconds(30));

        await BusyAsync(sleeping);
        Assert.Equal(0, await CountAsync("pg_stat_activity WHERE wait_event = 'PgSleep'"));
    }

    [Theory]
    [InlineData("SET statement_timeout = '10ms'; SELECT pg_sleep(600)", "57014")]
    [InlineData("SET lock_timeout = '10ms'; LOCK TABLE users", "55P03")]
    [InlineData("DO $$ BEGIN RAISE EXCEPTION 'deadlock' USING ERRCODE = '40P01'; END $$", "40P01")]
    public async Task A_statement_that_the_server_gives_up_is_busy(string sql, string sqlState)
    {
        await using var other = new NpgsqlConnection(ConnectionString);
        await other.OpenAsync(Cancellation);
        await other.ExecuteAsync("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE");

        for (var time = 0; time < MoreThanOpenTheBreaker; time++)
        {
            var busy = await Assert.ThrowsAsync<DatabaseBusyException>(() =>
                Database.TransactAsync((connection, _, _) => connection.ExecuteAsync(sql), Cancellation)
            );
            Assert.Equal(sqlState, Assert.IsType<PostgresException>(busy.InnerException).SqlState);
        }

        Assert.Equal(BreakerState.Closed, Database.State);
    }

    [Fact]
    public async Task A_wait_for_a_connection_of_the_pool_beyond_the_total_timeout_is_busy()
    {
        var database = Connect(OptionsOf(maxPoolSize: 1));
        await using var hold = new Hold();
        var holder = await HoldAsync(database, hold);

        var waiting = Enumerable.Range(0, MoreThanOpenTheBreaker).Select(_ => AskAsync(database)).ToList();
        hold.Calls.AddRange(waiting);
        Time.Advance(TimeSpan.FromSeconds(15));

        foreach (var call in waiting)
            Assert.Equal(
                TimeSpan.FromSeconds(1),
                (await Assert.ThrowsAsync<DatabaseBusyException>(() => call)).RetryAfter
            );
        Assert.Equal(BreakerState.Closed, database.State);
        hold.Release();
        await holder;
        Assert.Equal(1, await AskAsync(database));
    }

    [Fact]
    public async Task More_calls_of_one_run_than_its_queue_holds_are_busy_at_once_and_other_runs_go_on()
    {
        var database = Connect(OptionsOf(DataOptions.PoolLimit));
        var run = Guid.NewGuid();
        await using var hold = new Hold();
        var started = 0;
        var calls = Enumerable
            .Range(0, DatabaseResilience.RunConcurrency(DataOptions.PoolLimit) + DatabaseResilience.RunQueueLimit)
            .Select(_ =>
                database.RunAsync(
                    run,
                    async (_, _) =>
                    {
                        Interlocked.Increment(ref started);
                        await hold.Released;
                        return true;
                    },
                    Cancellation
                )
            )
            .ToList();
        hold.Calls.AddRange(calls);

        await Assert.ThrowsAsync<DatabaseBusyException>(() => AskAsync(database, run));

        Assert.Equal(1, await AskAsync(database, Guid.NewGuid()));
        Assert.Equal(1, await AskAsync(database));
        await Eventually.TrueAsync(() => Volatile.Read(ref started) == 8, "8 calls of the run have a connection");
        Assert.Equal(BreakerState.Closed, database.State);
        hold.Release();
        await Task.WhenAll(calls);
        Assert.Equal(1, await AskAsync(database, run));
    }

    [Fact]
    public async Task More_calls_than_wait_for_the_pool_are_busy_at_once()
    {
        var database = Connect(OptionsOf(maxPoolSize: 1));
        await using var hold = new Hold();
        var holder = await HoldAsync(database, hold);
        var waiting = Enumerable
            .Range(0, DatabaseResilience.PoolQueueLimit)
            .Select(_ => database.RunAsync((_, _) => Task.FromResult(1), Cancellation))
            .ToList();
        hold.Calls.AddRange(waiting);

        await Assert.ThrowsAsync<DatabaseBusyException>(() => AskAsync(database));

        hold.Release();
        await holder;
        await Task.WhenAll(waiting);
        Assert.Equal(BreakerState.Closed, database.State);
    }

    // The limit for opening a connection is in real time: it must not end a test on a slow machine.
    private DataOptions OptionsOf(int maxPoolSize) =>
        new()
        {
            ConnectionString = ConnectionString,
            MaxPoolSize = maxPoolSize,
            ConnectTimeout = TimeSpan.FromMinutes(1),
        };

    private Task<int> BeginAsync(string sql) =>
        Database.RunAsync(
            (connection, token) => connection.ExecuteAsync(new CommandDefinition(sql, cancellationToken: token)),
            Cancellation
        );

    private async Task BusyAsync(Task call)
    {
        var busy = await Assert.ThrowsAsync<DatabaseBusyException>(() => call);
        Assert.Equal((TimeSpan.FromSeconds(1), BreakerState.Closed), (busy.RetryAfter, Database.State));
    }

    /// <returns>A call that has a connection and keeps it until <paramref name="hold"/>, inside a task.</returns>
    private static async Task<Task<bool>> HoldAsync(Database database, Hold hold)
    {
        var holding = new TaskCompletionSource();
        var holder = database.RunAsync(
            async (_, _) =>
            {
                holding.SetResult();
                await hold.Released;
                return true;
            },
            Cancellation
        );
        // The call itself, if it fails: otherwise the test would wait without an end.
        await await Task.WhenAny(holding.Task, holder);
        hold.Calls.Add(holder);
        return holder;
    }

    private static Task<int> AskAsync(Database database, Guid? runId = null)
    {
        static Task<int> AskAsync(NpgsqlConnection connection, CancellationToken token) =>
            connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", cancellationToken: token));
        return runId is { } run
            ? database.RunAsync(run, AskAsync, Cancellation)
            : database.RunAsync(AskAsync, Cancellation);
    }

    private async Task UntilAsync(string condition)
    {
        while (await CountAsync($"pg_stat_activity WHERE datname = current_database() AND {condition}") == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), Cancellation);
    }

    /// <summary>
    /// What calls wait for. When the test ends in whatever way, they are released and end before the database is
    /// disposed of, which would wait for them without an end, because the clock stands still.
    /// </summary>
    private sealed class Hold : IAsyncDisposable
    {
        private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Released => _released.Task;

        public List<Task> Calls { get; } = [];

        public void Release() => _released.TrySetResult();

        public async ValueTask DisposeAsync()
        {
            Release();
            await Task.WhenAll(Calls).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }
}
