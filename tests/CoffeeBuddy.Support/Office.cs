using System.Net;
using System.Net.Http.Json;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Support;

/// <summary>
/// A running sandbox as a fixture, with clients for the API, Slack's requests, rows, topics, metrics and logs.
/// </summary>
public abstract class Office(SandboxOptions options) : IAsyncLifetime
{
    private const string BreakerState = "coffeebuddy_database_breaker_state";
    private const double Open = 2;

    private int _names;

    /// <summary>
    /// The Kafka cluster that <c>./test.sh --kafka</c> names; null for the one in memory. Only one office at a time can use
    /// it.
    /// </summary>
    public static string? KafkaOfTestRun => System.Environment.GetEnvironmentVariable("COFFEEBUDDY_KAFKA");

    protected SandboxOptions Options { get; set; } = options;

    public SandboxHost Sandbox { get; private set; } = null!;

    /// <summary>The worker that Slack calls.</summary>
    public WorkerProcess Worker => Sandbox.Workers[WorkerRoles.Http];

    /// <summary>The simulator's control API.</summary>
    public HttpClient Simulator { get; private set; } = null!;

    public ApiClient Api { get; private set; } = null!;

    public SlackSender Slack { get; private set; } = null!;

    public Rows Rows { get; private set; } = null!;

    public Topics Topics => new(Sandbox.KafkaServers);

    /// <summary>Folder with one log file per process.</summary>
    public string LogFolder { get; } = Directory.CreateTempSubdirectory("coffeebuddy-tests-").FullName;

    /// <summary>First letter of the ids of hired people.</summary>
    protected virtual char UserPrefix => 'U';

    /// <summary>
    /// One worker, <see cref="Worker"/>, with every function instead of one for each role, because each process takes
    /// about two seconds of CPU to start. For offices whose tests neither stop nor compare workers.
    /// </summary>
    protected static SandboxOptions InOneWorker(SandboxOptions options) =>
        options with
        {
            Roles = [WorkerRoles.Http],
            Functions = new Dictionary<string, string[]>(WorkerRoles.Functions)
            {
                [WorkerRoles.Http] = [.. WorkerRoles.Functions.Values.SelectMany(functions => functions)],
            },
        };

    /// <summary>A token that belongs to a person.</summary>
    public string Person(string userId, params string[] scopes) =>
        Sandbox.Oidc.IssueToken(
            new OidcToken($"sub-{userId}")
            {
                Scopes = scopes,
                Claims = new Dictionary<string, object> { ["slack_user_id"] = userId },
            }
        );

    /// <summary>
    /// A token of a service, which acts for the people it names: another service in each test, so that all tests
    /// together are not limited like one.
    /// </summary>
    public string Service(params string[] moreScopes) =>
        Sandbox.Oidc.IssueToken(
            new OidcToken($"reports-{TestContext.Current.Test?.UniqueID ?? Guid.NewGuid().ToString()}")
            {
                Scopes = ["coffee.service", .. moreScopes],
            }
        );

    public static string NewUser() => NewId('U');

    public static string NewChannel() => NewId('C');

    public string Channel(string name) => Sandbox.Slack.State.FindChannel(name)!.Id;

    /// <summary>A person of the workspace, by name.</summary>
    public SlackPerson Act(string name) => PersonOf(Sandbox.Slack.State.FindPerson(name)!.Id);

    public SlackPerson PersonOf(string id) => new(Simulator, id);

    /// <summary>Adds a person to the workspace.</summary>
    public async Task<SlackPerson> HireAsync()
    {
        var id = NewId(UserPrefix);
        await SimulateAsync("sim/people", new { name = $"Person{Interlocked.Increment(ref _names)}", id });
        return PersonOf(id);
    }

    /// <summary>Adds a channel to the workspace and returns its id.</summary>
    /// <param name="members">Null for everyone in the workspace.</param>
    public async Task<string> NewChannelAsync(
        IReadOnlyList<SlackPerson>? members = null,
        bool hasBot = true,
        bool isPrivate = false
    )
    {
        var id = NewChannel();
        await SimulateAsync(
            "sim/channels",
            new
            {
                name = id.ToLowerInvariant(),
                id,
                members = members?.Select(person => person.Id),
                has_bot = hasBot,
                is_private = isPrivate,
            }
        );
        return id;
    }

    /// <summary>Sets a flag of a person, such as is_stranger.</summary>
    public async Task MarkAsync(string userId, string flag)
    {
        using var response = await Simulator.PutAsJsonAsync(
            $"sim/people/{userId}",
            new Dictionary<string, bool> { [flag] = true },
            TestContext.Current.CancellationToken
        );
        response.EnsureSuccessStatusCode();
    }

    public async Task<Exposition> MetricsAsync(string role = WorkerRoles.Http) =>
        Exposition.Parse(
            await Sandbox.Workers[role].Management.GetStringAsync("metrics", TestContext.Current.CancellationToken)
        );

    public WorkerLog Log(string role = WorkerRoles.Http) => new(Path.Combine(LogFolder, $"{role}.log"));

    /// <summary>
    /// What must not be in the logs and metrics of the workers and in the topics, dead letters among them, but is.
    /// </summary>
    public async Task<IReadOnlyList<string>> LeaksAsync()
    {
        var leaks = new List<string>();
        var logs = LeakScan.Logs(LogFolder).ToList();
        Assert.NotEmpty(logs);
        foreach (var (log, lines) in logs)
            leaks.AddRange(LeakScan.Find(log, lines, Canaries.All));
        foreach (var (role, worker) in Sandbox.Workers)
        {
            var metrics = await worker.Management.GetStringAsync("metrics");
            leaks.AddRange(LeakScan.Find($"/metrics of {role}", metrics.Split('\n'), Canaries.All));
        }

        foreach (var (topic, _) in SandboxOptions.Topics)
            leaks.AddRange(LeakScan.Find(topic, Topics.Read(topic).Select(record => record.Raw), Canaries.All));
        return leaks;
    }

    /// <summary>
    /// The content of every table. Waits until every event is marked as published, which can come after the answer of
    /// the request that caused it.
    /// </summary>
    public async Task<IReadOnlyDictionary<string, string>> ContentAsync()
    {
        await Eventually.TrueAsync(
            async () => await Rows.CountAsync("outbox WHERE published_at IS NULL") == 0,
            "every event is on Kafka"
        );
        return await Rows.ContentAsync();
    }

    /// <summary>The environment of a worker that a test starts itself.</summary>
    public Dictionary<string, string?> Environment() =>
        new()
        {
            ["ConnectionStrings__CoffeeBuddy"] = Sandbox.ConnectionString,
            ["Kafka__BootstrapServers"] = Sandbox.KafkaServers,
            ["Kafka__RecordKey"] = SandboxOptions.RecordKey,
            ["Slack__SigningSecret"] = SlackSender.Secret,
            ["Slack__BotToken"] = "xoxb-test",
            ["Slack__ApiUrl"] = Sandbox.Slack.ApiAddress.AbsoluteUri,
            ["CoffeeBuddy__Workspaces__0"] = "T0SIM00001",
            ["Oidc__Authority"] = Sandbox.Oidc.Authority.AbsoluteUri,
            ["Oidc__Audience"] = Sandbox.Oidc.Audience,
            ["Oidc__AllowHttp"] = "true",
            // The sandbox's servers have no TLS.
            ["DOTNET_ENVIRONMENT"] = "Development",
        };

    /// <summary>
    /// Waits until every worker is ready and no breaker is open, so that a test does not fail because of what an
    /// earlier test did to the shared sandbox. The API request closes the half-open breaker of the http worker.
    /// </summary>
    public Task ReadyAsync() =>
        Eventually.TrueAsync(
            async () =>
                (await Api.GetAsync("runs?limit=1", Service())).Status == 200
                && (await Task.WhenAll(Sandbox.Workers.Keys.Select(IsReadyAsync))).All(ready => ready),
            "all workers are ready and no breaker is open"
        );

    public virtual async ValueTask InitializeAsync()
    {
        try
        {
            Sandbox = await SandboxHost.StartAsync(
                Options with
                {
                    LogFolder = LogFolder,
                },
                TestContext.Current.CancellationToken
            );
        }
        catch
        {
            // xUnit does not dispose a fixture that failed to initialize.
            Directory.Delete(LogFolder, recursive: true);
            throw;
        }

        var worker = await ServeAsync();
        Simulator = new HttpClient { BaseAddress = Sandbox.Slack.BaseAddress };
        Api = new ApiClient(worker) { NewChannelAsync = () => NewChannelAsync() };
        Slack = new SlackSender(worker);
        Rows = new Rows(Sandbox.ConnectionString);
        await ReadyAsync();
    }

    public virtual async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        Simulator?.Dispose();
        Api?.Dispose();
        Slack?.Dispose();
        if (Rows is not null)
            await Rows.DisposeAsync();
        if (Sandbox is null)
            return;
        await Sandbox.DisposeAsync();
        Directory.Delete(LogFolder, recursive: true);
    }

    /// <summary>The address of the HTTP functions: the http worker's, unless an office serves them differently.</summary>
    protected virtual Task<Uri> ServeAsync() => Task.FromResult(Worker.Address);

    /// <summary>
    /// Plays one run, until its form, order and summary came within the 3 s that Slack waits for an answer: the first
    /// request of a process is slow because its code is compiled.
    /// </summary>
    protected async Task WarmUpAsync()
    {
        var person = await HireAsync();
        var channel = await NewChannelAsync([person]);
        await Eventually.TrueAsync(
            async () =>
                (bool)(await person.CommandAsync(channel, "/coffee"))["ok"]! && await person.ViewAsync() is not null,
            "the first form opens"
        );
        await Eventually.TrueAsync(
            async () => (bool)(await person.SubmitAsync(("drink:0", "Tea")))["closed"]!,
            "the first order is accepted"
        );
        await person.WaitToSeeAsync(
            channel,
            message => message.ThreadTs is not null && message.Shown.Contains("Medium Tea", StringComparison.Ordinal),
            Guard.Timeout
        );
        await Eventually.TrueAsync(
            async () => (bool)(await person.CommandAsync(channel, "/coffee-cancel"))["ok"]!,
            "the first run is cancelled"
        );
    }

    protected async Task SimulateAsync(string path, object body)
    {
        using var response = await Simulator.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }

    private static string NewId(char prefix) => prefix + Guid.NewGuid().ToString("N")[..10].ToUpperInvariant();

    private async Task<bool> IsReadyAsync(string role)
    {
        using var response = await Sandbox
            .Workers[role]
            .Management.GetAsync("healthz/ready", TestContext.Current.CancellationToken);
        return response.StatusCode == HttpStatusCode.OK && (await MetricsAsync(role)).Value(BreakerState) != Open;
    }
}
