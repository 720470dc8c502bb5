using System.Net.Http.Json;
using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox;
using SlackSimulator;

namespace CoffeeBuddy.EndToEnd.Support;

/// <summary>An office whose workers have no signing secret: Slack's requests come over Socket Mode only.</summary>
public sealed class SocketOffice()
    : WholeOffice(
        new SandboxOptions
        {
            Slack = Workspace with { RateLimits = false, App = Workspace.App with { SocketMode = true } },
            Settings = new Dictionary<string, string?>
            {
                ["Sweep__Schedule"] = "* * * * * *",
                ["Slack__AppToken"] = new AppOptions().AppToken,
                ["Slack__SigningSecret"] = null,
                ["Slack__RateShare"] = "100",
                ["CoffeeBuddy__Database__OpenFor"] = "00:00:02",
            },
        }
    )
{
    /// <summary>Waits until Slack has this number of connections.</summary>
    public Task ConnectedAsync(int connections = 2) =>
        Eventually.TrueAsync(
            async () =>
                (int)
                    (await Simulator.GetFromJsonAsync<JsonNode>("sim/state", TestContext.Current.CancellationToken))![
                        "socket_connections"
                    ]! == connections,
            $"Slack has {connections} connections"
        );

    /// <summary>Slack announces that it closes the oldest connections, and closes them unless it only warns.</summary>
    public Task DisconnectAsync(string reason, int count = 1) =>
        SimulateAsync("sim/socket/disconnect", new { reason, count });

    public Task CutAsync(int count = 1) => SimulateAsync("sim/socket/cut", new { count });

    /// <summary>Slack sends its last envelopes once more.</summary>
    public Task RepeatAsync() => SimulateAsync("sim/socket/repeat", new { });

    /// <summary>
    /// Moves the workspace's clock past the times at which Slack repeats what nobody acknowledged: after one minute,
    /// and five minutes after that repetition. It may begin when the clock has moved already, so five more pass.
    /// </summary>
    public async Task RetryTimesPassAsync()
    {
        foreach (var minutes in (int[])[1, 5, 5])
            await SimulateAsync("sim/clock", new { advance = TimeSpan.FromMinutes(minutes).ToString("c") });
    }

    /// <summary>Does it until Slack accepts it, as a person does when Slack says that it failed.</summary>
    /// <returns>How often.</returns>
    public static async Task<int> InsistAsync(Func<Task<JsonNode>> act)
    {
        var attempts = 0;
        await Eventually.TrueAsync(
            async () =>
            {
                attempts++;
                var answer = await act();
                return (bool?)answer["ok"] ?? (bool?)answer["closed"] ?? false;
            },
            "Slack accepts it"
        );
        return attempts;
    }
}
