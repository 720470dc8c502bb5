using System.Text.Json.Nodes;
using SlackSimulator.Control;

namespace CoffeeBuddy.Observability.Support;

/// <summary>
/// A sandbox that Prometheus scrapes, after one run in which Slack has refused one call. The sweeps run every second.
/// </summary>
public sealed class WatchedOffice()
    : Office(
        new SandboxOptions
        {
            Slack = new SlackSimulator.SimulatorOptions
            {
                RateLimits = false,
                Channels = [new SlackSimulator.ChannelOptions("coffee")],
            },
            Settings = new Dictionary<string, string?> { ["Sweep__Schedule"] = "* * * * * *" },
        }
    )
{
    private PrometheusServer _prometheus = null!;

    internal PrometheusServer Prometheus => _prometheus;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        try
        {
            _prometheus = await PrometheusServer.StartAsync(
                Sandbox.Workers.Select(worker => ($"coffeebuddy-{worker.Key}", worker.Value.ManagementAddress))
            );
            await PlayRunAsync();
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    public override async ValueTask DisposeAsync()
    {
        if (_prometheus is not null)
            await _prometheus.DisposeAsync();
        await base.DisposeAsync();
    }

    private async Task PlayRunAsync()
    {
        Sandbox.Slack.Faults.Set([new Fault("chat.postMessage", FaultKind.RateLimited, RetryAfter: 1, Count: 1)]);
        foreach (var person in (SlackPerson[])[Act("Noor"), Act("Priya"), Act("Mateo")])
        {
            await person.CommandAsync("coffee", "/coffee");
            var answer = await person.SubmitAsync(("drink:0", "Latte"), ("size:0", "Large"));
            Assert.True((bool?)answer["closed"], answer.ToJsonString());
        }

        await Act("Noor")
            .WaitToSeeAsync(
                "coffee",
                message => message.Shown.Contains("goes.", StringComparison.Ordinal),
                Guard.Timeout
            );
    }
}

/// <summary>The classes that share a <see cref="WatchedOffice"/>.</summary>
[CollectionDefinition]
public sealed class SharesWatchedOffice : ICollectionFixture<WatchedOffice>;
