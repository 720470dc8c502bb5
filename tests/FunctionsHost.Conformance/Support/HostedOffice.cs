using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Slack;
using FunctionsHost.Conformance.Host;
using FunctionsHost.Conformance.Support;

[assembly: AssemblyFixture(typeof(HostedOffice))]
// The tests share one worker and its database; some of them take a table away for a moment.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]

namespace FunctionsHost.Conformance.Support;

/// <summary>
/// PostgreSQL, Kafka, a Slack workspace and an OIDC issuer, with one worker process that runs on Microsoft's worker
/// runtime under our test host. Requests go through the host's HTTP endpoint. Timer and Kafka functions run only when a
/// test invokes them.
/// </summary>
public sealed class HostedOffice() : Office(Hosted)
{
    private static readonly SandboxOptions Hosted = WithoutRateLimits(new SandboxOptions { Roles = [] });

    public WorkerUnderTest Hosting { get; private set; } = null!;

    public FunctionRpcHost Host => Hosting.Host;

    /// <summary>The host's HTTP endpoint.</summary>
    public HttpFrontEnd FrontEnd { get; private set; } = null!;

    /// <summary>Starts one more worker of the office, under a host of its own.</summary>
    public Task<WorkerUnderTest> StartWorkerAsync(ToldBy toldBy) =>
        WorkerUnderTest.StartAsync(
            Options.Worker,
            new Dictionary<string, string?>(Environment())
            {
                ["Slack__BotToken"] = SlackSender.BotToken,
                ["Slack__RateShare"] = "100",
                // A worker that is killed would leave its debugger's pipes in the temporary folder.
                ["DOTNET_EnableDiagnostics"] = "0",
            },
            toldBy,
            TestContext.Current.CancellationToken
        );

    /// <summary>A new channel with this many new people and the app.</summary>
    public async Task<(string Channel, IReadOnlyList<SlackPerson> People)> GatherAsync(int people)
    {
        var members = new List<SlackPerson>();
        while (members.Count < people)
            members.Add(await HireAsync());
        return (await NewChannelAsync(members), members);
    }

    public override async ValueTask DisposeAsync()
    {
        if (FrontEnd is not null)
            await FrontEnd.DisposeAsync();
        if (Hosting is not null)
            await Hosting.DisposeAsync();
        await base.DisposeAsync();
    }

    protected override async Task<Uri> ServeAsync()
    {
        Hosting = await StartWorkerAsync(ToldBy.Arguments);
        FrontEnd = await HttpFrontEnd.StartAsync(Host, Hosting.Folder, TestContext.Current.CancellationToken);
        Sandbox.Slack.Configure(app =>
            app with
            {
                CommandsUrl = new Uri(FrontEnd.Address, "slack/commands"),
                InteractivityUrl = new Uri(FrontEnd.Address, "slack/interactions"),
                EventsUrl = new Uri(FrontEnd.Address, "slack/events"),
            }
        );
        return FrontEnd.Address;
    }

    private static SandboxOptions WithoutRateLimits(SandboxOptions options) =>
        options with
        {
            Slack = options.Slack with { RateLimits = false },
        };
}
