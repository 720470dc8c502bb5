// Classes that share an office do not run in parallel: they compare counts of metrics, and stop parts of the office.
[assembly: Xunit.v3.Parallelization(MaxThreads = 2)]

namespace CoffeeBuddy.Operations.Support;

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
                // One person opens the runs of all tests.
                ["CoffeeBuddy__MaxActiveRuns"] = "1000",
            },
        }
    );

/// <summary>The classes that share a <see cref="WholeOffice"/>.</summary>
[CollectionDefinition]
public sealed class SharesWholeOffice : ICollectionFixture<WholeOffice>;
