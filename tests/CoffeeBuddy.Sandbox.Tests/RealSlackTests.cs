using System.Text.Json.Nodes;
using CoffeeBuddy.Sandbox.Postgres;
using CoffeeBuddy.Sandbox.Processes;
using CoffeeBuddy.Sandbox.Slack;
using SlackSimulator;

namespace CoffeeBuddy.Sandbox.Tests;

/// <summary>The option <c>--slack</c>, with the simulator in Slack's place.</summary>
[Collection(nameof(ProgramTests))]
public sealed class RealSlackTests : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("sandbox-slack-").FullName;
    private SimulatorServer _slack = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private static AppOptions App => SlackApp.FromManifest() with { SocketMode = true };

    private SlackTokens Tokens => new(App.BotToken, App.AppToken, _slack.ApiAddress);

    public async ValueTask InitializeAsync() =>
        _slack = await SimulatorServer.StartAsync(new SimulatorOptions { App = App }, Cancellation);

    public async ValueTask DisposeAsync()
    {
        await _slack.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Two_tokens_connect_a_workspace_whose_data_is_kept_and_the_first_coffee_is_printed()
    {
        await PostgresBinaries.FindAsync(cancellation: Cancellation);
        using var simulator = new HttpClient { BaseAddress = _slack.BaseAddress };
        var noor = new SlackPerson(simulator, _slack.State.FindPerson("Noor")!.Id);
        // The second time the run of the first is there.
        var runs = new List<string>();
        foreach (var outcome in (string[])["created", "joined"])
        {
            await using var program = Start();
            await Eventually.TrueAsync(
                () =>
                    program.HasExited
                    || program.Log.Lines.Any(line => line.Contains("Ctrl-C stops", StringComparison.Ordinal)),
                "the sandbox has started"
            );
            Assert.False(program.HasExited, string.Join('\n', program.Log.Lines));
            Assert.Contains(
                $"  The tokens are valid for the workspace {_slack.State.Options.TeamName}",
                string.Join('\n', program.Log.Lines.Select(line => $"  {line}")),
                StringComparison.Ordinal
            );
            // A worker that has just started can need longer than Slack waits. Its first answer then says another
            // outcome, for example that the form came too late.
            var attempts = 0;
            await Eventually.TrueAsync(
                async () =>
                {
                    attempts++;
                    return (bool)(await noor.CommandAsync("office", "/coffee"))["ok"]!
                        && await noor.ViewAsync() is not null;
                },
                "the command opens a form"
            );
            runs.Add((string)JsonNode.Parse((string)(await noor.ViewAsync())!["private_metadata"]!)!["run_id"]!);

            await Eventually.TrueAsync(
                () =>
                    program.Log.Lines.Any(line =>
                        line.StartsWith("The first /coffee: /coffee in ", StringComparison.Ordinal)
                        && line.Contains($" by {noor.Id}: ", StringComparison.Ordinal)
                        && (attempts > 1 || line.EndsWith($": {outcome}", StringComparison.Ordinal))
                    ),
                $"it is printed as {outcome}"
            );
            Assert.DoesNotContain(
                program.Log.Lines,
                line =>
                    line.Contains(App.BotToken, StringComparison.Ordinal)
                    || line.Contains(App.AppToken, StringComparison.Ordinal)
            );
            program.Signal("INT");
            Assert.Equal(0, await program.Exited.WaitAsync(Guard.Timeout, Cancellation));
        }
        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public async Task Without_tokens_it_says_which_pages_to_open_and_what_is_missing()
    {
        await using var program = Start(("Slack__BotToken", null), ("Slack__AppToken", null));

        Assert.Equal(1, await program.Exited.WaitAsync(Guard.Timeout, Cancellation));

        var lines = string.Join('\n', program.Log.Lines);
        foreach (
            var text in (string[])
                [
                    "https://api.slack.com/apps?new_app=1",
                    "From a manifest",
                    "Install App",
                    "App-Level Tokens",
                    "connections:write",
                    "There is no token: type it, or set Slack__BotToken.",
                ]
        )
            Assert.Contains(text, lines, StringComparison.Ordinal);
        Assert.Equal(SlackApp.SocketModeManifest(), await File.ReadAllTextAsync(ManifestFile, Cancellation));
    }

    [Fact]
    public void The_manifest_enables_Socket_Mode_and_names_no_address()
    {
        var manifest = JsonNode.Parse(SlackApp.SocketModeManifest())!;

        Assert.True((bool)manifest["settings"]!["socket_mode_enabled"]!);
        Assert.DoesNotContain("https://", manifest.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("url\"", manifest.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(
            App.Commands.Select(command => command.Name),
            manifest["features"]!["slash_commands"]!.AsArray().Select(command => (string)command!["command"]!)
        );
    }

    [Fact]
    public async Task Valid_tokens_name_the_workspace() =>
        Assert.Equal(
            new RealWorkspace("T0SIM00001", "Simulated Workspace", App.BotName, Tokens),
            await TokenCheck.RunAsync(Tokens, Cancellation)
        );

    [Theory]
    [InlineData("xoxb-wrong", null, "Slack refuses the bot token: invalid_auth")]
    [InlineData(
        "xapp-simulated-app-token",
        null,
        "The bot token begins with xoxb-: it is on the page OAuth & Permissions"
    )]
    [InlineData(null, "xapp-wrong", "Slack refuses the app-level token: invalid_auth")]
    [InlineData(null, "xoxb-simulated-bot-token", "The app-level token begins with xapp-")]
    [InlineData(null, "xapp-1-" + "A0OTHER001-1-x", "The tokens are of two apps: the bot token of A0SIM00001")]
    public async Task A_token_that_cannot_be_used_is_named_with_the_page_where_to_get_it(
        string? bot,
        string? app,
        string says
    )
    {
        if (app is not null && app.StartsWith("xapp-1", StringComparison.Ordinal))
            _slack.Configure(settings => settings with { AppToken = app });

        var refused = await Assert.ThrowsAsync<TokenException>(() =>
            TokenCheck.RunAsync(Tokens with { Bot = bot ?? Tokens.Bot, App = app ?? Tokens.App }, Cancellation)
        );

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Scopes_that_are_missing_are_named()
    {
        _slack.Configure(app => app with { BotScopes = [.. app.BotScopes.Except(["groups:read", "im:write"])] });

        var refused = await Assert.ThrowsAsync<TokenException>(() => TokenCheck.RunAsync(Tokens, Cancellation));

        Assert.Contains("lacks the scopes im:write, groups:read.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_Slack_that_cannot_be_reached_is_named()
    {
        var nowhere = new Uri($"http://127.0.0.1:{FreePort.Next()}/api/");

        var refused = await Assert.ThrowsAsync<TokenException>(() =>
            TokenCheck.RunAsync(Tokens with { ApiUrl = nowhere }, Cancellation)
        );

        Assert.Contains($"Slack did not answer at {nowhere}", refused.Message, StringComparison.Ordinal);
    }

    private string ManifestFile => Path.Combine(_folder, "kept", "manifest.json");

    private ChildProcess Start(params (string Name, string? Value)[] environment)
    {
        var cache = Directory.CreateDirectory(Path.Combine(_folder, "cache")).FullName;
        var postgres = Path.Combine(cache, "postgres");
        if (!Directory.Exists(postgres))
            Directory.CreateSymbolicLink(
                postgres,
                Directory.CreateDirectory(Path.Combine(WorkFolder.Path, "postgres")).FullName
            );
        var variables = new Dictionary<string, string?>
        {
            ["COFFEEBUDDY_CACHE"] = cache,
            ["Slack__BotToken"] = App.BotToken,
            ["Slack__AppToken"] = App.AppToken,
        };
        foreach (var (name, value) in environment)
            variables[name] = value;
        return ChildProcess.Start(
            new ChildProcessOptions(
                "sandbox",
                "env",
                [
                    .. OperatingSystem.IsLinux() ? (string[])["--default-signal=INT"] : [],
                    Executable.Dotnet,
                    typeof(SandboxHost).Assembly.Location,
                    "--slack",
                    "--slack-api",
                    _slack.ApiAddress.AbsoluteUri,
                    "--keep",
                    Path.Combine(_folder, "kept"),
                ]
            )
            {
                Environment = variables,
            }
        );
    }
}
