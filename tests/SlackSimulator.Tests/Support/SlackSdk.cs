using System.Diagnostics;

namespace SlackSimulator.Tests.Support;

/// <summary>Slack's official Web API client, in a process of its own.</summary>
internal sealed class SlackSdk : IAsyncDisposable
{
    private readonly Process _node;

    private SlackSdk(Process node) => _node = node;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<SlackSdk> StartAsync(SimulatorServer server) => new(await RunAsync("sdk.mjs", server));

    /// <summary>Starts a script that uses Slack's SDKs as the app of the workspace.</summary>
    public static async Task<Process> RunAsync(
        string script,
        SimulatorServer server,
        params IEnumerable<(string Name, string? Value)> more
    )
    {
        var folder = await NodeFolder.InstallAsync("tests/SlackSimulator.Tests/node");
        var app = server.State.Options.App;
        return folder.Run(
            script,
            [
                ("SLACK_API_URL", server.ApiAddress.ToString()),
                ("SLACK_BOT_TOKEN", app.BotToken),
                ("SLACK_APP_TOKEN", app.AppToken),
                ("SLACK_SIGNING_SECRET", app.SigningSecret),
                .. more,
            ]
        );
    }

    /// <summary>Calls a method of the client, such as <c>chat.postMessage</c>, and returns the answer.</summary>
    public async Task<JsonNode> AnswerAsync(string method, JsonObject? arguments = null)
    {
        var call = new JsonObject { ["method"] = method, ["args"] = arguments ?? [] };
        await _node.StandardInput.WriteLineAsync(call.ToJsonString().AsMemory(), Cancellation);
        var line = await _node.StandardOutput.ReadLineAsync(Cancellation);
        if (line is null)
            Assert.Fail(await _node.StandardError.ReadToEndAsync(Cancellation));
        return JsonNode.Parse(line)!;
    }

    /// <summary>Calls a method that must succeed.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject? arguments = null)
    {
        var answer = await AnswerAsync(method, arguments);
        Assert.True((bool?)answer["ok"] is true, $"{method}: {answer.ToJsonString()}");
        return answer;
    }

    /// <summary>Calls a method that must be refused, and returns Slack's error code.</summary>
    public async Task<string> RefusalAsync(string method, JsonObject? arguments = null)
    {
        var answer = await AnswerAsync(method, arguments);
        Assert.False((bool)answer["ok"]!, $"{method}: {answer.ToJsonString()}");
        return (string)answer["error"]!;
    }

    public async ValueTask DisposeAsync()
    {
        _node.Kill(entireProcessTree: true);
        await _node.WaitForExitAsync(CancellationToken.None);
        _node.Dispose();
    }
}
