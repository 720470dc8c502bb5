using System.Diagnostics;
using System.Net.Http.Json;

namespace SlackSimulator.Tests;

public sealed class CommandLineTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_starts_a_workspace_with_the_given_people_channels_and_commands()
    {
        using var simulator = Start(
            "--port",
            "0",
            "--team",
            "Desk",
            "--person",
            "Ines@Europe/Lisbon",
            "--channel",
            "lab",
            "--command",
            "/go",
            "--enterprise"
        );
        try
        {
            var line = await simulator.StandardOutput.ReadLineAsync(Cancellation);
            Assert.StartsWith("Workspace Desk at http://127.0.0.1:", line, StringComparison.Ordinal);
            using var http = new HttpClient { BaseAddress = new Uri(line!.Split(' ')[3]) };
            var state = await http.GetFromJsonAsync<JsonObject>("sim/state", Cancellation);
            Assert.Equal(
                ("W0INES0000", "Europe/Lisbon"),
                ((string)state!["people"]![0]!["id"]!, (string)state["people"]![0]!["tz"]!)
            );
            Assert.Equal("lab", (string)Assert.Single(state["channels"]!.AsArray())!["name"]!);
            Assert.Equal("/go", (string)state["app"]!["commands"]![0]!["command"]!);
        }
        finally
        {
            simulator.Kill();
            await simulator.WaitForExitAsync(CancellationToken.None);
        }
    }

    [Theory]
    [InlineData("--port", "much")]
    [InlineData("--port", "65536")]
    [InlineData("--events-url", "nowhere")]
    [InlineData("--public-url", "nowhere")]
    [InlineData("--demo", "missing.json")]
    [InlineData("--sparkle", "1")]
    [InlineData("--port")]
    public async Task An_invalid_argument_is_reported_with_exit_code_2(params string[] arguments)
    {
        using var simulator = Start(arguments);
        Assert.Contains(
            arguments[0],
            await simulator.StandardError.ReadToEndAsync(Cancellation),
            StringComparison.Ordinal
        );
        await simulator.WaitForExitAsync(Cancellation);
        Assert.Equal(2, simulator.ExitCode);
    }

    [Fact]
    public async Task Help_lists_the_options()
    {
        using var simulator = Start("--help");
        var help = await simulator.StandardOutput.ReadToEndAsync(Cancellation);
        Assert.Contains("--socket-mode ", help, StringComparison.Ordinal);
        Assert.Contains("[default: 5080]", help, StringComparison.Ordinal);
    }

    private static Process Start(params string[] arguments) =>
        Process.Start(
            new ProcessStartInfo(Path.Combine(AppContext.BaseDirectory, "SlackSimulator"), arguments)
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
}
