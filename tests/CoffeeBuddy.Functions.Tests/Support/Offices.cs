using CoffeeBuddy.Functions.Tests;
using CoffeeBuddy.Sandbox;
using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(ApiOffice))]
[assembly: RecoverOffice]
// Not parallel: tests compare counts of rows and metrics.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// A sandbox with only the http worker: nothing changes except by the requests of the test. Events stay in Kafka.
/// </summary>
public sealed class ApiOffice()
    : Office(
        new SandboxOptions
        {
            Roles = [WorkerRoles.Http],
            Settings = new Dictionary<string, string?> { ["CoffeeBuddy__Admins__0"] = Admin },
        }
    )
{
    /// <summary>An admin in the configuration.</summary>
    public const string Admin = "U0CONFIGURED";
}

/// <summary>A sandbox with every role. The breaker stays open for 2 s, and the sweeps run every second.</summary>
public sealed class WholeOffice()
    : Office(
        new SandboxOptions
        {
            // One channel for each class: a channel has at most one active run.
            Slack = new SlackSimulator.SimulatorOptions
            {
                RateLimits = false,
                Channels =
                [
                    .. (
                        (string[])
                            [
                                "database",
                                "kafka",
                                "dead-letters",
                                "metrics",
                                "lost-answers",
                                "confirmations",
                                "no-scope",
                                "killed",
                                "producer",
                            ]
                    ).Select(name => new SlackSimulator.ChannelOptions(name)),
                ],
            },
            Settings = new Dictionary<string, string?>
            {
                ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
                ["Sweep__Schedule"] = "* * * * * *",
            },
        }
    );

/// <summary>The classes that share a <see cref="WholeOffice"/>.</summary>
[CollectionDefinition]
public sealed class SharesWholeOffice : ICollectionFixture<WholeOffice>;
