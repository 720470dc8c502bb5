using System.Collections.Concurrent;
using System.Net.Sockets;
using CoffeeBuddy.Reliability.Support;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Parts;

namespace CoffeeBuddy.Reliability;

/// <summary>Every worker is told to end (SIGTERM) and replaced while people order.</summary>
[Collection(typeof(SharesWholeOffice))]
public sealed class RollingRestartTests(WholeOffice office) : IDisposable
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

    public void Dispose()
    {
        foreach (var client in _clients)
            client.Dispose();
    }

    [Fact]
    public async Task A_rolling_restart_under_load_fails_no_request_and_loses_and_repeats_nothing()
    {
        var people = await Task.WhenAll(Enumerable.Range(0, People).Select(_ => office.HireAsync()));
        var channels = await Task.WhenAll(Enumerable.Range(0, Runs).Select(_ => office.NewChannelAsync()));
        var runs = new List<Guid>();
        foreach (var channel in channels)
            runs.Add(await office.OpenRunAsync(channel, people[0]));
        Alive(office.Worker);
        using var load = new CancellationTokenSource();
        var clients = people.Select(person => OrderAsync(person.Id, runs, load.Token)).ToList();
        await Eventually.TrueAsync(() => _accepted.Values.Sum() >= 2 * People * Runs, "the load is on");

        // Up by one of each, then down by the old ones; and once more, so that those of the office are the ones left.
        var replicas = await Task.WhenAll(
            Roles.Select(role => office.Sandbox.StartReplicaAsync(role, TestContext.Current.CancellationToken))
        );
        Alive(replicas[^1]);
        foreach (var role in Roles)
        {
            await EndAsync(office.Sandbox.Workers[role]);
            await office.Sandbox.StopWorkerAsync(role);
        }

        await Task.WhenAll(
            Roles.Select(role => office.Sandbox.StartWorkerAsync(role, TestContext.Current.CancellationToken))
        );
        Alive(office.Worker);
        foreach (var replica in replicas)
        {
            await EndAsync(replica);
            await replica.DisposeAsync();
        }

        await load.CancelAsync();
        await Task.WhenAll(clients);
        Assert.Empty(_failures);
        TestContext.Current.SendDiagnosticMessage(
            $"{_accepted.Values.Sum()} orders while 6 workers ended and 6 began: none failed, {_refused} connections were refused and tried elsewhere."
        );
        await SettledAsync(runs, channels, people[0]);
    }

    private void Alive(WorkerProcess http)
    {
        var client = new ApiClient(http.Address);
        _clients.Add(client);
        _alive[http.Address] = client;
    }

    /// <summary>SIGTERM; it ends well, and only then nobody calls it any more.</summary>
    private async Task EndAsync(WorkerProcess worker)
    {
        // For good: its client may learn of a reset long after the process has ended. The next process has another client.
        if (_alive.TryGetValue(worker.Address, out var client))
            _ending[client] = true;
        Assert.Equal(0, await worker.StopAsync());
        _alive.TryRemove(worker.Address, out _);
    }

    /// <summary>One person changes their order in every run again and again.</summary>
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
            // Each gets its share, one that is ending too.
            var workers = _alive.Values.ToList();
            var api = workers[Math.Abs(HashCode.Combine(run, person, drink)) % workers.Count];
            try
            {
                var answer = await api.OrderAsync(office.Service(), run.ToString(), person, drink, "Small");
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
    /// There was no connection, or the kernel reset it before a process that had been told to end accepted it. A connection that was
    /// accepted and then closed under a request is another matter.
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
        await office.NothingPendingAsync();
        foreach (var (run, channel) in runs.Zip(channels))
        {
            foreach (var ((_, person), drink) in _last.Where(order => order.Key.Run == run))
                Assert.Equal(
                    drink,
                    await office.Rows.GetAsync<string>(
                        "SELECT drink_type FROM orders WHERE run_id = @run AND user_id = @person",
                        new { run, person }
                    )
                );
            // Each accepted order is one audit row: none lost, none twice.
            Assert.Equal(
                _accepted.Where(order => order.Key.Run == run).Sum(order => order.Value),
                await office.Rows.CountAsync(
                    "audit_log WHERE run_id = @run AND event_type = 'order_placed'",
                    new { run }
                )
            );
            Assert.Equal(
                1,
                await office.Rows.CountAsync(
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
                OfficeExtensions.Patience
            );
            // Announcement, summary and assignment were posted once each; everything else was an update.
            Assert.Equal(3, office.Calls("chat.postMessage", channel).Count(call => call.Status == 200));
            Assert.Empty(KafkaView.Read(office.Sandbox.Kafka.BootstrapServers, TopicNames.DeadLetter, run.ToString()));
        }
    }
}
