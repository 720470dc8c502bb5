using System.Text.Json;
using CoffeeBuddy.Sandbox.Workers;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>Waits for the first <c>/coffee</c>, which the worker that answered it has logged.</summary>
internal static class FirstCommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    /// <returns>What was typed where, by whom, and what became of it.</returns>
    public static async Task<string> SeenAsync(SandboxHost sandbox, CancellationToken cancellationToken)
    {
        while (true)
        {
            if (
                sandbox.Workers.TryGetValue(WorkerRoles.Http, out var worker)
                && worker.LastLines.Select(Read).OfType<string>().FirstOrDefault() is { } seen
            )
                return seen;
            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static string? Read(string line)
    {
        if (!line.StartsWith('{') || !line.Contains("\"/coffee\"", StringComparison.Ordinal))
            return null;
        try
        {
            using var json = JsonDocument.Parse(line);
            return
                json.RootElement.TryGetProperty("State", out var state)
                && state.TryGetProperty("Command", out var command)
                && command.GetString() == "/coffee"
                ? json.RootElement.GetProperty("Message").GetString()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
