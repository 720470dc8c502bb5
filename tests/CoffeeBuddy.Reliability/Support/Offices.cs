using CoffeeBuddy.Sandbox;
using SlackSimulator;
using Xunit.Sdk;

// The tests stop parts of their office and count its rows.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace CoffeeBuddy.Reliability.Support;

/// <summary>
/// All roles, with sweeps every second. A record that fails is dead-lettered after 6 retries in about 3 s, instead of
/// 35 retries in half an hour.
/// </summary>
public sealed class WholeOffice()
    : Office(
        new SandboxOptions
        {
            KafkaServers = KafkaOfTestRun,
            Slack = Fast,
            Settings = new Dictionary<string, string?>(Sweeps)
            {
                ["AzureFunctionsJobHost__extensions__kafka__retry__maxRetryCount"] = $"{Retries}",
                ["AzureFunctionsJobHost__extensions__kafka__retry__minimumInterval"] = FirstWait.ToString("c"),
                ["AzureFunctionsJobHost__extensions__kafka__retry__maximumInterval"] = LongestWait.ToString("c"),
                // These tests are about load.
                ["CoffeeBuddy__MaxActiveRuns"] = "1000",
                ["Limits__RequestsPerMinute"] = "100000",
                // The sweep does not reconcile runs whose messages a test delays.
                ["Sweep__ReconcileAfter"] = "01:00:00",
            },
        }
    )
{
    public const int Retries = 6;
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(800);

    /// <summary>Without Slack's rate limits.</summary>
    public static SimulatorOptions Fast => new() { RateLimits = false, TrafficCapacity = 50_000 };

    public static IReadOnlyDictionary<string, string?> Sweeps { get; } =
        new Dictionary<string, string?> { ["Sweep__Schedule"] = "* * * * * *", ["Slack__RateShare"] = "100" };
}

/// <summary>The classes that share a <see cref="WholeOffice"/>. Each restores it.</summary>
[CollectionDefinition]
public sealed class SharesWholeOffice : ICollectionFixture<WholeOffice>;

/// <summary>Only the http worker: every database call comes from a request. The breaker stays open for 2 s instead of 30 s.</summary>
public sealed class RequestsOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Slack = WholeOffice.Fast,
            Settings = new Dictionary<string, string?>
            {
                ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
                // These tests are about load.
                ["CoffeeBuddy__MaxActiveRuns"] = "1000",
                ["Limits__RequestsPerMinute"] = "100000",
                // Long, so that a slow machine does not count as a failure.
                ["CoffeeBuddy__Database__ConnectTimeout"] = ConnectTimeout.ToString("c"),
                ["CoffeeBuddy__Database__CommandTimeout"] = "00:01:00",
                ["CoffeeBuddy__Database__TotalTimeout"] = "00:02:00",
            },
        }
    )
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(50);
}
