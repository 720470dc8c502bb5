using CoffeeBuddy.Sandbox;
using CoffeeBuddy.Sandbox.Slack;
using SlackSimulator;
using SlackSimulator.Control;

namespace CoffeeBuddy.Screenshots.Dashboard;

/// <summary>
/// Six teams, each with a channel of its own, order coffee. Meanwhile Slack limits the rate of messages, Kafka is away,
/// and a record that cannot be read becomes a dead letter.
/// </summary>
internal sealed class BusyOffice()
    : Office(
        new SandboxOptions
        {
            Slack = new SimulatorOptions
            {
                App = SlackApp.FromManifest(),
                People = [.. Teams.SelectMany(team => team.People).Select(name => new PersonOptions(name))],
                Channels = [.. Teams.Select(team => new ChannelOptions(team.Channel, Members: team.People))],
                // The limits come as faults, at a time of this class.
                RateLimits = false,
            },
            Settings = new Dictionary<string, string?>
            {
                ["CoffeeBuddy__OrderWindow"] = "00:00:20",
                ["CoffeeBuddy__ReminderDelay"] = "00:00:08",
                ["Slack__RateShare"] = "100",
            },
        }
    )
{
    /// <summary>Work before the shown time, so that rates have values from the start of the picture.</summary>
    public static readonly TimeSpan Prelude = TimeSpan.FromSeconds(30);

    private static readonly (string Channel, string[] People)[] Teams =
    [
        ("accounting", ["Noor", "Priya", "Mateo", "Kenji"]),
        ("design", ["Zola", "Freya", "Amara", "Luca"]),
        ("platform", ["Ines", "Bjorn", "Chidi", "Mei"]),
        ("sales", ["Omar", "Sofia", "Tariq", "Hana"]),
        ("support", ["Elif", "Jonas", "Leila", "Ravi"]),
        ("third-floor", ["Yuki", "Pedro", "Anouk", "Femi"]),
    ];

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        await WarmUpAsync();
    }

    /// <summary>Returns after <see cref="Prelude"/> and the length of a <see cref="TimeRange"/>.</summary>
    public async Task WorkAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        end.CancelAfter(Prelude + TimeRange.Length);
        await Task.WhenAll([
            .. Teams.Select(
                (team, seed) =>
                    UntilAsync(new Team(team.Channel, [.. team.People.Select(Act)], seed).WorkAsync, end.Token)
            ),
            UntilAsync(TroubleAsync, end.Token),
            UntilAsync(ReportAsync, end.Token),
        ]);
        stop.ThrowIfCancellationRequested();
    }

    private static async Task UntilAsync(Func<CancellationToken, Task> work, CancellationToken end)
    {
        try
        {
            await work(end);
        }
        catch (OperationCanceledException) when (end.IsCancellationRequested)
        {
            // The end of the day.
        }
    }

    private async Task TroubleAsync(CancellationToken end)
    {
        await Task.Delay(Prelude + TimeSpan.FromSeconds(80), end);
        Sandbox.Slack.Faults.Set([
            new Fault("chat.postMessage", FaultKind.RateLimited, RetryAfter: 1, Probability: 0.5),
        ]);
        await Task.Delay(TimeSpan.FromSeconds(30), end);
        Sandbox.Slack.Faults.Set([]);

        await Task.Delay(TimeSpan.FromSeconds(60), end);
        await Task.Run(Sandbox.Kafka.AllBrokersDown, end);
        await Task.Delay(TimeSpan.FromSeconds(10), end);
        await Task.Run(Sandbox.Kafka.AllBrokersUp, end);

        await Task.Delay(TimeSpan.FromSeconds(50), end);
        await Topics.WriteAsync(
            "coffee.orders",
            Guid.NewGuid().ToString(),
            "not JSON",
            ("ce_type", "coffee.order.placed")
        );
    }

    /// <summary>A service reads the runs through the API.</summary>
    private async Task ReportAsync(CancellationToken end)
    {
        while (true)
        {
            await Api.GetAsync("runs?limit=20", Service());
            await Task.Delay(TimeSpan.FromSeconds(3), end);
        }
    }
}
