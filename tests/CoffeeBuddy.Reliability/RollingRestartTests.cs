using System.Collections.Concurrent;
using System.Net.Sockets;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;

namespace CoffeeBuddy.Reliability;

/// <summary>Every worker is stopped with SIGTERM and replaced while people order.</summary>
public sealed class RollingRestartTests(WholeOffice office) : ReliabilityTest(office)
{
    private const int Runs = 2;
    private const int People = 6;
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(100);
    private static readonly string[] Roles = [WorkerRoles.Kafka, WorkerRoles.Timer, WorkerRoles.Http];
    private static readonly string[] Drinks = ["Tea", "Latte", "Mocha"];

    private readonly ConcurrentDictionary<Uri, ApiClient> _alive = [];
    private readonly ConcurrentDictionary<(Guid Run, string Person), int> _accepted = [];
    private readonly ConcurrentDictionary<(Guid Run, string Person), string> _last = [];
    private readonly ConcurrentQueue<string> _failures = [];
    private readonly ConcurrentBag<ApiClient> _clients = [];
    private readonly ConcurrentDictionary<ApiClient, bool> _ending = [];
    private int _refused;

    public override ValueTask DisposeAsync()
    {
        foreach (var client in _clients)
            client.Dispose();
        return base.DisposeAsync();
    }

    [Fact]
    public async Task A_rolling_restart_under_load_fails_no_request_and_loses_or_repeats_no_order()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => Office.HireAsync()));
        var channels = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => Office.NewChannelAsync()));
        var runs = new List<Guid>();
        foreach (var channel in channels)
            runs.Add(await Office.OpenRunAsync(channel, people[0]));
        Alive(Office.Worker);
        using var load = new CancellationTokenSource();
        var clients = people.Select(person => OrderAsync(person.Id, runs, load.Token)).ToList();
        await Eventually.TrueAsync(() => _accepted.Values.Sum() >= 2 * People * Runs, "every person has ordered");

        // Starts one more worker of each role, then stops the old ones. Then the same again, so that the office's
        // workers remain.
        var replicas = await Task.WhenAll(
            Roles.Select(role => Office.Sandbox.StartReplicaAsync(role, TestContext.Current.CancellationToken))
        );
        Alive(replicas[^1]);
        foreach (var role in Roles)
        {
            await EndAsync(Office.Sandbox.Workers[role]);
            await Office.Sandbox.StopWorkerAsync(role);
        }

        await Task.WhenAll(
            Roles.Select(role => Office.Sandbox.StartWorkerAsync(role, TestContext.Current.CancellationToken))
        );
        Alive(Office.Worker);
        foreach (var replica in replicas)
        {
            await EndAsync(replica);
            await replica.DisposeAsync();
        }

        await load.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(_failures);
        TestContext.Current.SendDiagnosticMessage(
            $"{_accepted.Values.Sum()} orders while 6 workers stopped and 6 started: none failed, {_refused} connections were refused and tried at another worker."
        );
        await SettledAsync(runs, channels, people[0]);
    }

    private void Alive(WorkerProcess http)
    {
        var client = new ApiClient(http.Address);
        _clients.Add(client);
        _alive[http.Address] = client;
    }

    /// <summary>Stops the worker with SIGTERM. Clients call it until it has ended.</summary>
    private async Task EndAsync(WorkerProcess worker)
    {
        // Never removed: a client can see a reset long after the process has ended. The next process has another
        // client.
        if (_alive.TryGetValue(worker.Address, out var client))
            _ending[client] = true;
        Assert.Equal(0, await worker.StopAsync(Guard.Timeout));
        _alive.TryRemove(worker.Address, out _);
    }

    /// <summary>One person changes their order in every run repeatedly.</summary>
    private async Task OrderAsync(string person, List<Guid> runs, CancellationToken stop)
    {
        using var pace = new PeriodicTimer(Pace);
        for (var round = 0; !stop.IsCancellationRequested; round++)
        {
            var drink = Drinks[round % Drinks.Length];
            foreach (var run in runs)
            {
                if (!await TryOrderAsync(run, person, drink))
                    return;
                _accepted.AddOrUpdate((run, person), 1, (_, count) => count + 1);
                _last[(run, person)] = drink;
            }

            await pace.WaitForNextTickAsync(CancellationToken.None);
        }
    }

    private async Task<bool> TryOrderAsync(Guid run, string person, string drink)
    {
        while (true)
        {
            // All workers get requests, those that are stopping too.
            var workers = _alive.Values.ToList();
            var api = workers[Math.Abs(HashCode.Combine(run, person, drink)) % workers.Count];
            try
            {
                var answer = await api.OrderAsync(Office.Service(), run.ToString(), person, drink, "Small");
                if (answer.Status is 200 or 201)
                    return true;
                _failures.Enqueue($"{answer.Status}: {answer.Text}");
                return false;
            }
            catch (Exception exception) when (IsRefused(exception, api))
            {
                Interlocked.Increment(ref _refused);
            }
            catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException)
            {
                _failures.Enqueue(
                    $"{exception.GetType().Name} {(exception as HttpRequestException)?.HttpRequestError}: {exception.Message}"
                );
                return false;
            }
        }
    }

    /// <summary>
    /// True if there was no connection, or if the kernel reset it before the stopping process accepted it. False for a
    /// connection that the process accepted and closed during a request: that is a failed request.
    /// </summary>
    private bool IsRefused(Exception exception, ApiClient api) =>
        exception is HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError }
        || (
            _ending.ContainsKey(api)
            && exception.GetBaseException()
                is SocketException { SocketErrorCode: SocketError.ConnectionReset or SocketError.NotConnected }
        );

    private async Task SettledAsync(List<Guid> runs, string[] channels, SlackPerson viewer)
    {
        await Office.NothingPendingAsync();
        foreach (var (run, channel) in runs.Zip(channels))
        {
            foreach (var ((_, person), drink) in _last.Where(order => order.Key.Run == run))
                Assert.Equal(
                    drink,
                    await Office.Rows.GetAsync<string>(
                        "SELECT drink_type FROM orders WHERE run_id = @run AND user_id = @person",
                        new { run, person }
                    )
                );
            // One audit row per accepted order: none is lost, none is stored twice.
            Assert.Equal(
                _accepted.Where(order => order.Key.Run == run).Sum(order => order.Value),
                await Office.Rows.CountAsync(
                    "audit_log WHERE run_id = @run AND event_type = 'order_placed'",
                    new { run }
                )
            );
            Assert.Equal(
                1,
                await Office.Rows.CountAsync(
                    "audit_log WHERE run_id = @run AND event_type = 'runner_assigned'",
                    new { run }
                )
            );

            var counts = _last
                .Where(order => order.Key.Run == run)
                .GroupBy(order => order.Value)
                .Select(same => $"*{same.Count()} ×* Small {same.Key}")
                .ToList();
            await viewer.WaitToSeeAsync(
                channel,
                message =>
                    message.ThreadTs is not null
                    && counts.TrueForAll(count => message.Shown.Contains(count, StringComparison.Ordinal)),
                Guard.Timeout
            );
            // Announcement, summary and assignment are one post each; all other calls are updates.
            Assert.Equal(3, Office.Calls("chat.postMessage", channel).Count(call => call.Status == 200));
            Assert.Empty(Office.Topics.Read(TopicNames.DeadLetter, run.ToString()));
        }
    }
}
