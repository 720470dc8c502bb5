using System.Net.Http.Json;
using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Oidc;
using CoffeeBuddy.Sandbox.Slack;
using CoffeeBuddy.Sandbox.Workers;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Support;

[assembly: AssemblyFixture(typeof(HostedOffice))]
// The tests share one worker and its database; some of them take a table away for a moment.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace FunctionsHost.Conformance.Support;

/// <summary>
/// PostgreSQL, Kafka, a Slack workspace and an OIDC issuer, with one worker process that runs on Microsoft's worker
/// runtime under our test host. Slack's requests go through the host's HTTP endpoint. Timers and Kafka functions run only
/// when a test invokes them.
/// </summary>
public sealed class HostedOffice : IAsyncLifetime
{
    private static readonly SandboxOptions Options = new() { Roles = [] };

    private int _people;
    private int _channels;

    public SandboxHost Sandbox { get; private set; } = null!;

    public WorkerUnderTest Worker { get; private set; } = null!;

    public FunctionRpcHost Host => Worker.Host;

    public HttpFrontEnd FrontEnd { get; private set; } = null!;

    /// <summary>A client whose base address is the host's HTTP endpoint.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The simulator's own HTTP interface.</summary>
    public HttpClient Simulator { get; private set; } = null!;

    public Database Database { get; private set; } = null!;

    /// <summary>Slack's id of the workspace.</summary>
    public static string WorkspaceId => Options.Slack.TeamId;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        Sandbox = await SandboxHost.StartAsync(
            Options with
            {
                Slack = Options.Slack with { RateLimits = false },
            },
            cancellation
        );
        Simulator = new HttpClient { BaseAddress = Sandbox.Slack.BaseAddress };
        Database = new Database(Sandbox.ConnectionString);
        Worker = await StartWorkerAsync(ToldBy.Arguments);
        FrontEnd = await HttpFrontEnd.StartAsync(Host, Worker.Folder, cancellation);
        Http = new HttpClient { BaseAddress = FrontEnd.Address };
        Sandbox.Slack.Configure(app =>
            app with
            {
                CommandsUrl = new Uri(FrontEnd.Address, "slack/commands"),
                InteractivityUrl = new Uri(FrontEnd.Address, "slack/interactions"),
                EventsUrl = new Uri(FrontEnd.Address, "slack/events"),
            }
        );
        // The first token makes the worker fetch the issuer's keys, which on a busy machine takes longer than it waits.
        await Eventually.TrueAsync(() => new RestApi(this).IsAnsweredAsync(), "the worker accepts a token");
    }

    public Task<WorkerUnderTest> StartWorkerAsync(ToldBy toldBy) =>
        WorkerUnderTest.StartAsync(
            Options.Worker,
            WorkerSettings.For(Sandbox, Options),
            toldBy,
            TestContext.Current.CancellationToken
        );

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        if (FrontEnd is not null)
            await FrontEnd.DisposeAsync();
        if (Worker is not null)
            await Worker.DisposeAsync();
        if (Database is not null)
            await Database.DisposeAsync();
        Simulator?.Dispose();
        if (Sandbox is not null)
            await Sandbox.DisposeAsync();
    }

    /// <summary>A channel of the test's own with this many people, whom no other test knows, and the app.</summary>
    public async Task<(string Channel, IReadOnlyList<SlackPerson> People)> ChannelAsync(int people)
    {
        var members = new List<SlackPerson>();
        while (members.Count < people)
            members.Add(await HireAsync());
        var number = ++_channels;
        var channel = new
        {
            name = $"conformance-{number}",
            id = $"C0CONF{number:D4}",
            members = members.Select(person => person.Id),
            has_bot = true,
        };
        await PostAsync("sim/channels", channel);
        return (channel.id, members);
    }

    private async Task<SlackPerson> HireAsync()
    {
        var number = ++_people;
        var person = new { name = $"Person{number}", id = $"U0CONF{number:D4}" };
        await PostAsync("sim/people", person);
        return new SlackPerson(Simulator, person.id);
    }

    private async Task PostAsync(string path, object body)
    {
        using var response = await Simulator.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
