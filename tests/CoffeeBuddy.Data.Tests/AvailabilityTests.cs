using System.Net;
using System.Net.Sockets;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Npgsql;

namespace CoffeeBuddy.Data.Tests;

/// <summary>What the circuit breaker counts. The tests stop the server, so it is their own.</summary>
public sealed class AvailabilityTests(AvailabilityTests.Server server)
    : IClassFixture<AvailabilityTests.Server>,
        IAsyncLifetime
{
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(30);

    private readonly FakeTimeProvider _time = new();
    private readonly EventRecorder _events = new();
    private readonly EmbeddedPostgres _postgres = server.Postgres;
    private readonly List<ServiceProvider> _services = [];
    private Database _database = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if (!_postgres.IsRunning)
            await _postgres.RestartAsync(cancellation: Cancellation);
        _database = Connect();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var services in _services)
            await services.DisposeAsync();
    }

    [Fact]
    public async Task A_stopped_server_opens_the_breaker_which_tries_after_thirty_seconds_and_closes_when_it_is_back()
    {
        Assert.Equal(1, await AskAsync());
        await _postgres.StopAsync();
        for (var failure = 1; failure <= 5; failure++)
        {
            Assert.Equal(BreakerState.Closed, _database.State);
            await Assert.ThrowsAsync<DatabaseUnavailableException>(AskAsync);
        }
        Assert.Equal(BreakerState.Open, _database.State);

        await _postgres.RestartAsync(cancellation: Cancellation);
        var refused = await Assert.ThrowsAsync<DatabaseUnavailableException>(AskAsync);
        Assert.Null(refused.InnerException);
        Assert.Equal(OpenFor, refused.RetryAfter);

        _time.Advance(OpenFor);
        Assert.Equal(BreakerState.HalfOpen, _database.State);
        Assert.Equal(1, await AskAsync());
        Assert.Equal(BreakerState.Closed, _database.State);
    }

    [Fact]
    public async Task A_client_that_leaves_during_the_trial_leaves_the_next_one_to_try()
    {
        await OpenBreakerAsync();
        await _postgres.RestartAsync(cancellation: Cancellation);
        _time.Advance(OpenFor);
        using var client = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var asking = new TaskCompletionSource();

        var trial = _database.RunAsync(
            async (connection, token) =>
            {
                asking.TrySetResult();
                return await connection.ExecuteAsync(
                    new CommandDefinition("SELECT pg_sleep(60)", cancellationToken: token)
                );
            },
            client.Token
        );
        // Not longer than the call itself, which may have failed.
        await Task.WhenAny(asking.Task, trial);
        await Assert.ThrowsAsync<DatabaseUnavailableException>(AskAsync);
        await client.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trial);
        Assert.Equal(BreakerState.HalfOpen, _database.State);
        Assert.Equal(1, await AskAsync());
        Assert.Equal(BreakerState.Closed, _database.State);
    }

    [Fact]
    public async Task A_restart_of_the_server_between_calls_fails_no_call()
    {
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => AskAsync()));
        await _postgres.RestartAsync(cancellation: Cancellation);

        Assert.Equal(1, await AskAsync());
        Assert.Equal(
            1,
            await _database.TransactAsync(
                (connection, _, _) => connection.ExecuteScalarAsync<int>("SELECT 1"),
                Cancellation
            )
        );
    }

    [Fact]
    public async Task A_connection_that_an_administrator_ends_during_a_transaction_is_replaced_once()
    {
        var attempts = 0;

        var result = await _database.TransactAsync(
            async (connection, _, _) =>
            {
                if (++attempts == 1)
                    await connection.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())");
                return await connection.ExecuteScalarAsync<int>("SELECT 1");
            },
            Cancellation
        );

        Assert.Equal((1, 2), (result, attempts));
    }

    [Fact]
    public async Task A_transaction_that_broke_while_it_was_being_committed_is_not_run_again()
    {
        await _database.RunAsync(
            (connection, _) =>
                connection.ExecuteAsync(
                    """
                    CREATE TABLE fragile (id INT);
                    CREATE FUNCTION break_at_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER break_at_commit AFTER INSERT ON fragile DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_at_commit();
                    """
                ),
            Cancellation
        );
        var attempts = 0;

        await Assert.ThrowsAsync<DatabaseUnavailableException>(() =>
            _database.TransactAsync(
                (connection, _, _) =>
                {
                    attempts++;
                    return connection.ExecuteAsync("INSERT INTO fragile VALUES (1)");
                },
                Cancellation
            )
        );

        Assert.Equal(1, attempts);
    }

    [Fact]
    public async Task Connections_that_keep_breaking_open_the_breaker()
    {
        for (var failure = 1; failure <= 5; failure++)
        {
            Assert.Equal(BreakerState.Closed, _database.State);
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() =>
                _database.RunAsync(
                    (connection, _) => connection.ExecuteAsync("SELECT pg_terminate_backend(pg_backend_pid())"),
                    Cancellation
                )
            );
        }

        Assert.Equal(BreakerState.Open, _database.State);
        Assert.Equal(
            [.. Enumerable.Repeat("postgres/breaker/OnFailureCounted", 5), "postgres/breaker/OnCircuitOpened"],
            _events.Of("breaker")
        );
    }

    [Fact]
    public async Task A_read_only_server_opens_the_breaker_and_its_sessions_are_not_used_again()
    {
        var name = $"standby_{Guid.NewGuid():N}";
        var database = Connect(await _postgres.CreateDatabaseAsync(name, Cancellation));
        Task WriteAsync() =>
            database.RunAsync(
                (connection, _) => connection.ExecuteAsync("CREATE TABLE IF NOT EXISTS written (id INT)"),
                Cancellation
            );
        await SetAsync($"ALTER DATABASE {name} SET default_transaction_read_only = on");

        for (var failure = 1; failure <= 5; failure++)
        {
            Assert.Equal(BreakerState.Closed, database.State);
            var failed = await Assert.ThrowsAsync<DatabaseUnavailableException>(WriteAsync);
            Assert.Equal("25006", Assert.IsType<PostgresException>(failed.InnerException).SqlState);
        }

        Assert.Equal(BreakerState.Open, database.State);
        await SetAsync($"ALTER DATABASE {name} SET default_transaction_read_only = off");
        _time.Advance(OpenFor);
        await WriteAsync();
        Assert.Equal(BreakerState.Closed, database.State);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_a_connection_attempt_opens_the_breaker()
    {
        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start(); // The system accepts connections; nobody reads from them.
        var database = Connect(
            $"Host=127.0.0.1;Port={((IPEndPoint)silent.LocalEndpoint).Port};Username=u;Database=d",
            connectTimeout: TimeSpan.FromSeconds(1)
        );

        await Task.WhenAll(
            Enumerable
                .Range(0, 5)
                .Select(_ => Assert.ThrowsAsync<DatabaseUnavailableException>(() => AskAsync(database)))
        );

        Assert.Equal(BreakerState.Open, database.State);
    }

    [Theory]
    [InlineData("statement_timeout")]
    [InlineData("idle_in_transaction_session_timeout")]
    public async Task The_server_gives_up_by_itself_on_a_worker_that_is_lost(string setting)
    {
        var limit = await _database.RunAsync(
            (connection, _) => connection.ExecuteScalarAsync<string>($"SHOW {setting}"),
            Cancellation
        );

        Assert.Equal("10s", limit);
    }

    [Fact]
    public async Task A_statement_that_the_server_refuses_is_not_an_outage()
    {
        for (var refusal = 0; refusal < 6; refusal++)
            await Assert.ThrowsAsync<PostgresException>(() =>
                _database.RunAsync((connection, _) => connection.ExecuteAsync("SELECT 1 / 0"), Cancellation)
            );

        Assert.Equal(BreakerState.Closed, _database.State);
    }

    [Fact]
    public async Task A_server_that_has_no_free_connection_is_unavailable()
    {
        await using var crowded = await EmbeddedPostgres.StartAsync(new() { MaxConnections = 10 }, Cancellation);
        var others = new List<NpgsqlConnection>();
        var database = Connect(crowded.ConnectionString);
        try
        {
            while (true)
            {
                var other = new NpgsqlConnection(crowded.ConnectionString + ";Pooling=false");
                others.Add(other);
                await other.OpenAsync(Cancellation);
            }
        }
        catch (PostgresException full) when (full.SqlState == PostgresErrorCodes.TooManyConnections)
        {
            await Assert.ThrowsAsync<DatabaseUnavailableException>(() => AskAsync(database));
        }
        finally
        {
            foreach (var other in others)
                await other.DisposeAsync();
        }
        Assert.Equal(1, await AskAsync(database));
    }

    [Fact]
    public async Task The_pool_never_has_more_than_twenty_connections()
    {
        const string InIt = "datname = 'crowd'";
        var database = Connect(await _postgres.CreateDatabaseAsync("crowd", Cancellation));
        using var release = new SemaphoreSlim(0);
        var working = Enumerable
            .Range(0, 60)
            .Select(_ =>
                database.RunAsync(
                    async (connection, token) =>
                    {
                        await release.WaitAsync(token);
                        return await connection.ExecuteScalarAsync<int>("SELECT 1");
                    },
                    Cancellation
                )
            )
            .ToList();
        await Until(async () => await OthersAsync(InIt) == DataOptions.PoolLimit);

        release.Release(60);
        await Task.WhenAll(working);

        Assert.Equal(DataOptions.PoolLimit, await OthersAsync(InIt));
    }

    private Database Connect(string? connectionString = null, TimeSpan? connectTimeout = null)
    {
        var options = new DataOptions
        {
            ConnectionString = connectionString ?? _postgres.ConnectionString,
            ConnectTimeout = connectTimeout ?? TimeSpan.FromSeconds(30),
        };
        var services = TestDatabase.Build(options, _time, _events);
        _services.Add(services);
        return services.GetRequiredService<Database>();
    }

    private async Task OpenBreakerAsync()
    {
        await _postgres.StopAsync();
        while (_database.State == BreakerState.Closed)
            await Assert.ThrowsAsync<DatabaseUnavailableException>(AskAsync);
    }

    private Task<int> AskAsync() => AskAsync(_database);

    private static Task<int> AskAsync(Database database) =>
        database.RunAsync(
            (connection, token) =>
                connection.ExecuteScalarAsync<int>(new CommandDefinition("SELECT 1", cancellationToken: token)),
            Cancellation
        );

    /// <summary>How many sessions there are of a kind, as another client sees it.</summary>
    private async Task<long> OthersAsync(string condition)
    {
        await using var observer = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
        return await observer.ExecuteScalarAsync<long>(
            $"SELECT count(*) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND {condition}"
        );
    }

    private async Task SetAsync(string sql)
    {
        await using var administrator = new NpgsqlConnection(_postgres.ConnectionString + ";Pooling=false");
        await administrator.ExecuteAsync(sql);
    }

    private static async Task Until(Func<Task<bool>> condition)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        patience.CancelAfter(TimeSpan.FromSeconds(60));
        while (!await condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), patience.Token);
    }

    public sealed class Server : IAsyncLifetime
    {
        private EmbeddedPostgres? _postgres;

        public EmbeddedPostgres Postgres =>
            _postgres ?? throw new InvalidOperationException("The server is not started.");

        public async ValueTask InitializeAsync() =>
            _postgres = await EmbeddedPostgres.StartAsync(cancellation: Cancellation);

        public async ValueTask DisposeAsync()
        {
            if (_postgres is not null)
                await _postgres.DisposeAsync();
        }
    }
}
