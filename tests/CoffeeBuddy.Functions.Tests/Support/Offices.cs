using CoffeeBuddy.Functions.Tests;
using CoffeeBuddy.Sandbox;
using Xunit.Sdk;

[assembly: AssemblyFixture(typeof(ApiOffice))]
[assembly: RecoverOffice]
// Tests count rows and metrics before and after.
[assembly: Xunit.v3.Parallelization(Mode = ParallelMode.None)]

namespace CoffeeBuddy.Functions.Tests;

/// <summary>
/// A sandbox with the http worker alone: nothing changes in it but by the test's own requests. Events stay in Kafka.
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
    /// <summary>An admin by configuration.</summary>
    public const string Admin = "U0CONFIGURED";
}

/// <summary>A sandbox with every role. Its breaker stays open for a short time, and its sweeps run every second.</summary>
public sealed class WholeOffice()
    : Office(
        new SandboxOptions
        {
            // A channel for each class: there is at most one active run in one.
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
