using CoffeeBuddy.Sandbox;
using SlackSimulator;
using Xunit.Sdk;

// Every class breaks its office, and counts what is in it.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace CoffeeBuddy.Reliability.Support;

/// <summary>
/// All roles, sweeping every second. A record that fails is given up after 6 retries and about 3 s, instead of 35 and half an hour.
/// </summary>
public sealed class WholeOffice()
    : Office(
        new SandboxOptions
        {
            Slack = Fast,
            Settings = new Dictionary<string, string?>(Sweeps)
            {
                ["AzureFunctionsJobHost__extensions__kafka__retry__maxRetryCount"] = $"{Retries}",
                ["AzureFunctionsJobHost__extensions__kafka__retry__minimumInterval"] = FirstWait.ToString("c"),
                ["AzureFunctionsJobHost__extensions__kafka__retry__maximumInterval"] = LongestWait.ToString("c"),
                // A run whose messages are held up on purpose is not brought up again by the sweep meanwhile.
                ["Sweep__ReconcileAfter"] = "01:00:00",
            },
        }
    )
{
    public const int Retries = 6;
    public static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    public static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(800);

    /// <summary>Slack's rates are not what these tests are about.</summary>
    public static SimulatorOptions Fast => new() { RateLimits = false, TrafficCapacity = 50_000 };

    public static IReadOnlyDictionary<string, string?> Sweeps { get; } =
        new Dictionary<string, string?> { ["Sweep__Schedule"] = "* * * * * *", ["Slack__RateShare"] = "100" };
}

/// <summary>The classes that share a <see cref="WholeOffice"/>; each leaves it as it found it.</summary>
[CollectionDefinition]
public sealed class SharesWholeOffice : ICollectionFixture<WholeOffice>;

/// <summary>The http worker alone: each call of the database is a request's. Its breaker stays open for 2 s instead of 30.</summary>
public sealed class RequestsOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Slack = WholeOffice.Fast,
            Settings = new Dictionary<string, string?>
            {
                ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
                // Long, so that a slow build machine is no outage, and that a request that waited for either would show.
                ["CoffeeBuddy__Database__ConnectTimeout"] = ConnectTimeout.ToString("c"),
                ["CoffeeBuddy__Database__CommandTimeout"] = "00:00:30",
            },
        }
    )
{
    public static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(20);
}
