using System.Collections.Concurrent;
using System.Diagnostics;
using CoffeeBuddy.Data.Connections;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox.Postgres;
using Dapper;
using Npgsql;

namespace CoffeeBuddy.Reliability;

/// <summary>
/// PostgreSQL stops, fails and starts again while a worker uses it. Only the http worker runs, so every database failure
/// comes from a request of a test.
/// </summary>
public sealed class DatabaseTests(RequestsOffice office) : IClassFixture<RequestsOffice>, IAsyncLifetime
{
    private const int Closed = 0;
    private const int HalfOpen = 1;
    private const int FailuresToOpen = 5;

    /// <summary>
    /// The pause of clients after a 503. Shorter than their Retry-After, like the breaker's wait in these tests.
    /// </summary>
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(100);

    private readonly string _noor = office.Act("Noor").Id;

    public async ValueTask InitializeAsync() => await ComeBackAsync();

    public async ValueTask DisposeAsync() => await ComeBackAsync();

    [Fact]
    public async Task Requests_without_a_database_are_answered_with_503_and_the_fifth_failure_opens_the_breaker()
    {
        var counted = await UnavailableAsync();
        await office.Sandbox.Postgres.StopAsync(PostgresStop.Immediate);

        var slowest = TimeSpan.Zero;
        for (var failure = 1; failure <= FailuresToOpen; failure++)
        {
            Assert.Equal(Closed, await BreakerAsync());
            slowest = Max(slowest, await RefusedAsync());
        }

        Assert.NotEqual(Closed, await BreakerAsync());
        Assert.Equal(counted + FailuresToOpen, await UnavailableAsync());
        await Eventually.TrueAsync(async () => await BreakerAsync() == HalfOpen, "the breaker is half-open");
        slowest = Max(slowest, await RefusedAsync());
        Assert.NotEqual(Closed, await BreakerAsync());
        var crowd = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => RefusedAsync()));
        Print(
            $"Slowest 503 of {FailuresToOpen + 1} while PostgreSQL was stopped: {slowest.TotalMilliseconds:0} ms; of 50 at once by the open breaker: {crowd.Max().TotalMilliseconds:0} ms."
        );
        // Requests that need no database still work.
        (await office.Slack.PostAsync("slack/commands", "ssl_check=1&token=x")).Is(200);
        (await office.Slack.EventAsync(Mention())).Is(200);

        await ComeBackAsync();
        Assert.Equal(Closed, await BreakerAsync());
    }

    [Fact]
    public async Task Failures_between_successes_do_not_open_the_breaker()
    {
        var channel = await office.NewChannelAsync();
        var failing = office.Act("Priya").Id;
        var counted = await UnavailableAsync();
        await using (await FailingForAsync(failing))
        {
            for (var round = 0; round < 5; round++)
            {
                for (var failure = 1; failure < FailuresToOpen; failure++)
                    (await OpenAsync()).Is(503);
                (await PreferencesAsync()).Is(200);
                Assert.Equal(Closed, await BreakerAsync());
            }

            Assert.Equal(counted + (5 * (FailuresToOpen - 1)), await UnavailableAsync());
            // The same failures in a row open it.
            for (var failure = 1; failure <= FailuresToOpen; failure++)
                (await OpenAsync()).Is(503);
            Assert.NotEqual(Closed, await BreakerAsync());
        }

        await ComeBackAsync();
        (await OpenAsync()).Is(201);

        // Not an order: that reads the run first, which succeeds.
        Task<Answer> OpenAsync() =>
            office.Api.PostAsync(
                "runs",
                office.Service(),
                new
                {
                    workspace_id = "T0SIM00001",
                    channel_id = channel,
                    user_id = failing,
                }
            );
    }

    [Fact]
    public async Task When_the_client_of_the_trial_request_disconnects_the_next_request_is_the_trial()
    {
        await OpenBreakerAsync();
        await office.Sandbox.Postgres.RestartAsync(cancellation: TestContext.Current.CancellationToken);
        await using var locked = await LockedPreferencesAsync();
        // Not the connection with the lock: a transaction does not see sessions that began after its first look.
        await using var observer = await ConnectAsync();

        using var client = new HttpClient { BaseAddress = office.Worker.Address };
        client.DefaultRequestHeaders.Authorization = new("Bearer", office.Service());
        // The worker answers the trial request with 503 when the lock takes too long. Then the next request is the
        // trial, and the client leaves that one.
        await Eventually.TrueAsync(LeaveWhileItWaitsAsync, "the client disconnects while the trial request waits");

        await Eventually.TrueAsync(
            async () => await WaitingAsync(observer) == 0,
            "the worker has cancelled the query of the client that disconnected"
        );
        await locked.ExecuteAsync("ROLLBACK");
        await Eventually.TrueAsync(async () => (await PreferencesAsync()).Status == 200, "the next request succeeds");
        Assert.Equal(Closed, await BreakerAsync());

        async Task<bool> LeaveWhileItWaitsAsync()
        {
            using var leaving = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
            Task<HttpResponseMessage>? trial = null;
            await Eventually.TrueAsync(
                async () =>
                {
                    // A request that came before the breaker was half-open has been answered: send another one.
                    if (trial is { IsCompleted: false })
                        return await WaitingAsync(observer) == 1;
                    if (await BreakerAsync() == HalfOpen)
                        trial = client.GetAsync($"api/v1/users/{_noor}/preferences", leaving.Token);
                    return false;
                },
                "the trial request waits for the lock"
            );
            (await PreferencesAsync()).Is(503);
            var waiting = await WaitingAsync(observer);
            Assert.InRange(waiting, 0, 1);
            await leaving.CancelAsync();
            try
            {
                using var answer = await trial!;
                return false;
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                return waiting == 1;
            }
        }
    }

    [Fact]
    public async Task At_recovery_no_more_connections_are_opened_than_the_pool_limit()
    {
        const int crowd = 60;
        await OpenBreakerAsync();
        var calm = new TaskCompletionSource();
        var seen = new ConcurrentDictionary<int, bool>();
        var answered = 0;
        var clients = Enumerable
            .Range(0, crowd)
            .Select(async _ =>
            {
                while (!calm.Task.IsCompleted)
                {
                    if ((await PreferencesAsync()).Status == 200)
                        Interlocked.Increment(ref answered);
                    else
                        await Task.WhenAny(calm.Task, Task.Delay(RetryAfter));
                }
            })
            .ToList();

        await office.Sandbox.Postgres.RestartAsync(cancellation: TestContext.Current.CancellationToken);
        await using var observer = await ConnectAsync();
        await Eventually.TrueAsync(
            async () =>
            {
                foreach (
                    var process in await observer.QueryAsync<int>(
                        "SELECT pid FROM pg_stat_activity WHERE application_name = 'coffeebuddy'"
                    )
                )
                    seen[process] = true;
                return Volatile.Read(ref answered) >= 10 * crowd;
            },
            "the clients have been served"
        );
        calm.SetResult();
        await Task.WhenAll(clients);

        Assert.InRange(seen.Count, 1, DataOptions.PoolLimit);
        Print(
            $"{crowd} clients at recovery: {seen.Count} connections were opened (the limit of the pool is {DataOptions.PoolLimit})."
        );
    }

    private static TimeSpan Max(TimeSpan some, TimeSpan other) => some > other ? some : other;

    private static void Print(string figure) => TestContext.Current.SendDiagnosticMessage(figure);

    private string Mention() =>
        $$$"""{"type":"event_callback","team_id":"T0SIM00001","event_id":"Ev{{{Guid.NewGuid():N}}}","event":{"type":"app_mention","user":"{{{_noor}}}","text":"hello","ts":"1.2","channel":"C1"}}""";

    private Task<Answer> PreferencesAsync() => office.Api.GetAsync($"users/{_noor}/preferences", office.Service());

    /// <summary>Asserts a 503 with Retry-After, before the time limit for a connection.</summary>
    private async Task<TimeSpan> RefusedAsync()
    {
        var started = Stopwatch.GetTimestamp();
        var answer = await PreferencesAsync().WaitAsync(RequestsOffice.ConnectTimeout);
        var took = Stopwatch.GetElapsedTime(started);
        answer.IsProblem(503, "The database cannot be reached.");
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        return took;
    }

    private async Task<double> BreakerAsync() =>
        (await office.MetricsAsync()).Value("coffeebuddy_database_breaker_state");

    private async Task<double> UnavailableAsync() =>
        (await office.MetricsAsync()).Value("coffeebuddy_database_unavailable_total");

    private async Task OpenBreakerAsync()
    {
        await office.Sandbox.Postgres.StopAsync(PostgresStop.Immediate);
        for (var failure = 1; failure <= FailuresToOpen; failure++)
            await RefusedAsync();
    }

    private async Task ComeBackAsync()
    {
        if (!office.Sandbox.Postgres.IsRunning)
            await office.Sandbox.Postgres.RestartAsync();
        await Eventually.TrueAsync(async () => (await PreferencesAsync()).Status == 200, "the API answers");
    }

    private async Task<NpgsqlConnection> ConnectAsync()
    {
        var connection = new NpgsqlConnection(office.Sandbox.ConnectionString + ";Pooling=false;Application Name=test");
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        return connection;
    }

    /// <summary>Until disposal, storing an order of this person fails with "out of memory".</summary>
    private async Task<IAsyncDisposable> FailingForAsync(string userId)
    {
        var connection = await ConnectAsync();
        await connection.ExecuteAsync(
            $"""
            CREATE FUNCTION fail_run() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN IF NEW.initiator_user_id = '{userId}' THEN RAISE EXCEPTION 'out of memory' USING ERRCODE = '53200'; END IF; RETURN NEW; END $$;
            CREATE TRIGGER fail_run BEFORE INSERT ON coffee_runs FOR EACH ROW EXECUTE FUNCTION fail_run();
            """
        );
        return new Undo(connection, "DROP TRIGGER fail_run ON coffee_runs; DROP FUNCTION fail_run()");
    }

    /// <summary>Locks the tables that the requests read, until the transaction ends.</summary>
    private async Task<NpgsqlConnection> LockedPreferencesAsync()
    {
        var connection = await ConnectAsync();
        await connection.ExecuteAsync("BEGIN; LOCK TABLE user_preferences, users IN ACCESS EXCLUSIVE MODE");
        return connection;
    }

    private static Task<long> WaitingAsync(NpgsqlConnection observer) =>
        observer.ExecuteScalarAsync<long>(
            "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'coffeebuddy' AND wait_event_type = 'Lock'"
        );

    private sealed class Undo(NpgsqlConnection connection, string sql) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await connection.ExecuteAsync(sql);
            await connection.DisposeAsync();
        }
    }
}
