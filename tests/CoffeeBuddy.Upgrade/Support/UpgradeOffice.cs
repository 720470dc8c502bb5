using System.Globalization;
using CoffeeBuddy.Sandbox;

[assembly: AssemblyFixture(typeof(CoffeeBuddy.Upgrade.Support.UpgradeOffice))]

namespace CoffeeBuddy.Upgrade.Support;

/// <summary>An office whose database was migrated by the old worker, with an old worker for each role behind a
/// <see cref="Service"/>.</summary>
public sealed class UpgradeOffice() : Office(Old)
{
    private const string Variable = "OLD_WORKER";

    private static readonly SandboxOptions Old = new()
    {
        Worker = OldWorker,
        Functions = FunctionsOfOld(),
        Slack = new()
        {
            App = SlackApp.FromManifest(),
            RateLimits = false,
            TrafficCapacity = 50_000,
        },
        Settings = new Dictionary<string, string?>
        {
            ["Sweep__Schedule"] = "* * * * * *",
            ["Slack__RateShare"] = "100",
            // All requests to the API are one service's.
            ["Limits__RequestsPerMinute"] = "100000",
            // As docs/operations.md says for an old worker that does not sign its records.
            ["Kafka__UnsignedUntil"] = DateTimeOffset.UtcNow.AddHours(1).ToString("O", CultureInfo.InvariantCulture),
            // librdkafka's mock cluster has one session timeout for a group, that of the last member to join, and each
            // rebalance lasts nearly as long. With different ones of two versions no rebalance would end.
            ["AzureFunctionsJobHost__extensions__kafka__sessionTimeoutMs"] = "6000",
        },
        Postgres = new() { MaxConnections = 200 },
    };

    internal Service Balancer { get; private set; } = null!;

    /// <summary>Path of the old worker.</summary>
    public static string OldWorker =>
        System.Environment.GetEnvironmentVariable(Variable)
        ?? throw new InvalidOperationException($"{Variable} names no worker: run ci/upgrade.sh.");

    /// <summary>Path of the worker that was built with this project.</summary>
    public static string NewWorker { get; } = new SandboxOptions().Worker;

    /// <summary>How one more worker of either version is started, with the functions that its version has.</summary>
    internal WorkerOptions Replica(string role, string worker)
    {
        var options = Sandbox.ReplicaOptions(role) with { Dll = worker };
        if (worker == OldWorker)
            return options;
        var environment = new Dictionary<string, string?>(options.Environment);
        foreach (var (key, value) in WorkerRoles.Selection(WorkerRoles.Functions[role]))
            environment[key] = value;
        return options with { Environment = environment };
    }

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        // The issuer of a sandbox is slow at first, so the worker may have answered 503. From now on it may not.
        Balancer.ForgetFailures();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        if (Balancer is not null)
            await Balancer.DisposeAsync();
    }

    protected override async Task<Uri> ServeAsync()
    {
        Balancer = await CoffeeBuddy.Upgrade.Support.Service.StartAsync(TestContext.Current.CancellationToken);
        Balancer.Add(Worker);
        Sandbox.Slack.Configure(app =>
            app with
            {
                CommandsUrl = new Uri(Balancer.Address, "slack/commands"),
                InteractivityUrl = new Uri(Balancer.Address, "slack/interactions"),
                EventsUrl = new Uri(Balancer.Address, "slack/events"),
            }
        );
        await Eventually.TrueAsync(() => Balancer.IsReady, "the old worker serves");
        return Balancer.Address;
    }

    /// <summary>A worker refuses to start with a function that it does not have, such as one that came later.</summary>
    private static Dictionary<string, string[]> FunctionsOfOld()
    {
        var names = FunctionNames.Of(OldWorker);
        return WorkerRoles.Functions.ToDictionary(
            role => role.Key,
            role => role.Value.Where(names.Contains).ToArray(),
            StringComparer.Ordinal
        );
    }
}
