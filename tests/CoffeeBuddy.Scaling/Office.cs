using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Sandbox.Workers;
using SlackSimulator;

namespace CoffeeBuddy.Scaling;

/// <param name="Number">Its channel has the same number: each run has a channel of its own.</param>
internal sealed record OpenedRun(int Number, Guid Id);

/// <summary>
/// People order through the API: runs are opened in blocks, then each run of the block gets an order from each of its
/// people in turn, so that the orders of one run are seconds apart.
/// </summary>
internal sealed class Office : IDisposable
{
    public const int PeoplePerRun = 8;
    private const int MostChannels = 4_000;
    private const int MostAtOnce = 64;
    private const int MostAttempts = 5;
    private const string Team = "T0SIM00001";

    private readonly HttpClient _api;
    private readonly SemaphoreSlim _places = new(MostAtOnce);
    private readonly ConcurrentDictionary<int, Task<OpenedRun?>> _runs = [];
    private readonly ConcurrentDictionary<(int Run, int Person), bool> _orders = [];
    private readonly ConcurrentQueue<string> _refused = [];
    private int _next;
    private int _repeated;

    public Office(SandboxHost sandbox)
    {
        _api = new() { BaseAddress = new Uri(sandbox.Workers[WorkerRoles.Http].Address, "api/v1/") };
        _api.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            sandbox.Oidc.IssueToken(
                new OidcToken("reports")
                {
                    Scopes = ["coffee.service", "coffee.admin"],
                    Lifetime = TimeSpan.FromHours(3),
                }
            )
        );
    }

    public static SimulatorOptions Workspace { get; } =
        new()
        {
            App = SlackApp.FromManifest(),
            People =
            [
                .. Enumerable
                    .Range(0, PeoplePerRun)
                    .Select(number => new PersonOptions($"P{number}", Id: Person(number))),
            ],
            Channels =
            [
                .. Enumerable
                    .Range(0, MostChannels)
                    .Select(number => new ChannelOptions($"corner-{number}", Id: Channel(number))),
            ],
            // Several workspaces would have several times Slack's limits. Here is one, without limits.
            RateLimits = false,
            TrafficCapacity = 500_000,
        };

    /// <summary>Runs that were opened with success.</summary>
    public IEnumerable<OpenedRun> Runs =>
        _runs.Values.Where(run => run.IsCompletedSuccessfully).Select(run => run.Result).OfType<OpenedRun>();

    /// <summary>Orders that the API has acknowledged.</summary>
    public IEnumerable<(string Channel, string Person)> Orders =>
        _orders.Keys.Select(order => (Channel(order.Run), Person(order.Person)));

    /// <summary>Requests that were tried again, because the worker was busy.</summary>
    public int Repeated => Volatile.Read(ref _repeated);

    /// <summary>Requests that were not answered with 200 or 201.</summary>
    public IReadOnlyCollection<string> Refused => _refused;

    public static string Channel(int number) => $"C0SCALE{number:D5}";

    private static string Person(int number) => $"U0SCALE{number:D4}";

    /// <summary>Waits until the worker has the keys of the issuer: it refuses requests before.</summary>
    public async Task WarmUpAsync(CancellationToken stop)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        while (true)
        {
            using var response = await _api.GetAsync("runs?limit=1", stop);
            if (response.StatusCode == HttpStatusCode.OK)
                return;
            await ticks.WaitForNextTickAsync(stop);
        }
    }

    /// <summary>Opens new runs, and returns when all are open.</summary>
    public async Task<int[]> OpenAsync(int count)
    {
        var numbers = Enumerable.Range(_next, count).ToArray();
        _next += count;
        await Task.WhenAll(numbers.Select(RunAsync));
        return numbers;
    }

    public Task OrderAsync(IEnumerable<int> runs, int person) =>
        Task.WhenAll(runs.Select(run => OrderAsync(run, person)));

    /// <summary>Opens runs and orders at a rate that can change, until cancelled.</summary>
    /// <param name="rate">Requests in a second.</param>
    public async Task WorkAsync(Func<double> rate, int block, CancellationToken end)
    {
        var pending = new ConcurrentDictionary<Task, bool>();
        var (due, last) = (0.0, Stopwatch.GetTimestamp());
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        var actions = Actions(block).GetEnumerator();
        while (!end.IsCancellationRequested)
        {
            await ticks.WaitForNextTickAsync(CancellationToken.None);
            var now = Stopwatch.GetTimestamp();
            due += rate() * Stopwatch.GetElapsedTime(last, now).TotalSeconds;
            last = now;
            for (; due >= 1; due--)
            {
                actions.MoveNext();
                var task = actions.Current();
                pending[task] = true;
                _ = task.ContinueWith(done => pending.TryRemove(done, out _), TaskScheduler.Default);
            }
        }

        actions.Dispose();
        await Task.WhenAll(pending.Keys);
    }

    /// <summary>Completes a run as an admin.</summary>
    public async Task CompleteAsync(OpenedRun run)
    {
        using var response = await SendAsync(HttpMethod.Patch, $"runs/{run.Id}/complete", new { user_id = Person(0) });
        await RefusedAsync(response, $"complete {run.Id}");
    }

    public void Dispose()
    {
        _api.Dispose();
        _places.Dispose();
    }

    private IEnumerable<Func<Task>> Actions(int block)
    {
        while (true)
        {
            var first = _next;
            _next += block;
            for (var run = first; run < first + block; run++)
            {
                var opened = run;
                yield return () => RunAsync(opened);
            }

            for (var person = 0; person < PeoplePerRun; person++)
            {
                for (var run = first; run < first + block; run++)
                {
                    var (ordered, by) = (run, person);
                    yield return () => OrderAsync(ordered, by);
                }
            }
        }
    }

    private Task<OpenedRun?> RunAsync(int number) => _runs.GetOrAdd(number, OpenOnceAsync);

    private async Task<OpenedRun?> OpenOnceAsync(int number)
    {
        if (number >= MostChannels)
            throw new InvalidOperationException($"The office has only {MostChannels} channels.");
        await _places.WaitAsync();
        try
        {
            using var response = await SendAsync(
                HttpMethod.Post,
                "runs",
                new
                {
                    workspace_id = Team,
                    channel_id = Channel(number),
                    user_id = Person(0),
                }
            );
            if (await RefusedAsync(response, $"open run {number}"))
                return null;
            var run = (await response.Content.ReadFromJsonAsync<JsonNode>())!;
            return new(number, Guid.Parse((string)run["run_id"]!));
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task OrderAsync(int number, int person)
    {
        if (await RunAsync(number) is not { } run)
            return;
        await _places.WaitAsync();
        try
        {
            using var response = await SendAsync(
                HttpMethod.Post,
                $"runs/{run.Id}/orders",
                new
                {
                    drink_type = "Latte",
                    size = "Large",
                    user_id = Person(person),
                }
            );
            if (!await RefusedAsync(response, $"order of {Person(person)} in run {number}"))
                _orders[(number, person)] = true;
        }
        finally
        {
            _places.Release();
        }
    }

    /// <summary>Sends the request, and again with the same key when the worker asks for that: 503.</summary>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, object body)
    {
        var key = Guid.NewGuid().ToString();
        for (var attempt = 1; ; attempt++)
        {
            using var request = new HttpRequestMessage(method, path) { Content = JsonContent.Create(body) };
            request.Headers.Add("Idempotency-Key", key);
            var response = await _api.SendAsync(request);
            if (response.StatusCode != HttpStatusCode.ServiceUnavailable || attempt == MostAttempts)
                return response;
            Interlocked.Increment(ref _repeated);
            var wait = response.Headers.RetryAfter?.Delta ?? TimeSpan.FromSeconds(1);
            response.Dispose();
            await Task.Delay(wait);
        }
    }

    private async Task<bool> RefusedAsync(HttpResponseMessage response, string what)
    {
        if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.Created)
            return false;
        _refused.Enqueue($"{what}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        return true;
    }
}
