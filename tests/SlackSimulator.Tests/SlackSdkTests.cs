using System.Diagnostics;
using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Slack's official SDKs work with the simulator.</summary>
public sealed class SlackSdkTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_Web_API_client_posts_reads_pages_and_retries()
    {
        await using var slack = await TestWorkspace.StartAsync();
        using var node = await SlackSdk.RunAsync("web-api.mjs", slack.Server);
        var errors = node.StandardError.ReadToEndAsync(Cancellation);
        var output = await node.StandardOutput.ReadToEndAsync(Cancellation);
        await node.WaitForExitAsync(Cancellation);
        Assert.True(node.ExitCode == 0, await errors);

        var results = JsonNode.Parse(output)!;
        Assert.Equal(
            (TestWorkspace.Bot, "T0SIM00001"),
            ((string)results["identity"]!["user"]!, (string)results["identity"]!["team"]!)
        );
        Assert.Equal("""[{"text":"changed","replies":1,"blocks":1}]""", results["history"]!.ToJsonString());
        Assert.Equal(8, (int)results["people"]!);
        Assert.True((bool)results["lookup"]!);
        Assert.Equal("Europe/Amsterdam", (string)results["info"]!);
        Assert.Equal(
            ["channel_not_found", "invalid_blocks", "invalid_trigger_id", "invalid_auth"],
            results["errors"]!.AsObject().Select(error => (string)error.Value!["error"]!)
        );
        Assert.Equal(
            "[ERROR] unsupported type: sparkles [json-pointer:/blocks/0/type]",
            (string)results["errors"]!["blocks"]!["messages"]![0]!
        );
        Assert.Equal("""{"ok":true,"waited":1}""", results["afterRateLimit"]!.ToJsonString());
        Assert.True(
            (bool)results["afterServerError"]! && (bool)results["afterReset"]! && (bool)results["rejected"]!,
            output
        );
        Assert.Equal("just you", (string)Assert.Single(await slack.MessagesAsync("noor", "dm"))!["text"]!);
        Assert.Equal(
            ["changed", "between us"],
            (await slack.MessagesAsync("noor", "office")).Select(message => (string)message!["text"]!)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Bolt_app_works_with_commands_modals_buttons_and_events(bool socketMode)
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                App = new AppOptions { SocketMode = socketMode },
            }
        );
        using var node = await SlackSdk.RunAsync("bolt.mjs", slack.Server, ("SOCKET_MODE", socketMode ? "1" : ""));
        try
        {
            var port = await ReadyAsync(node);
            var address = new Uri($"http://127.0.0.1:{port}/slack/events");
            slack.Server.Configure(app =>
                app with
                {
                    CommandsUrl = address,
                    InteractivityUrl = address,
                    EventsUrl = address,
                }
            );
            await UseAsync(slack);
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Empty(slack.Server.Traffic.Violating);
    }

    private static async Task UseAsync(TestWorkspace slack)
    {
        var ordered = await slack.CommandAsync(command: "/order");
        Assert.True((bool)ordered["ok"]!, ordered.ToJsonString());
        await Eventually.TrueAsync(
            () => slack.Server.Traffic.After(0).Any(entry => entry is { Kind: "views.open", Error: null }),
            "the app opens a view"
        );
        var refused = await SubmitAsync(slack, "nothing");
        Assert.Equal("Order something", (string)refused["errors"]!["what"]!);
        Assert.True((bool)(await SubmitAsync(slack, "tea"))["closed"]!);

        var ts = await MessageAsync(slack, "office", "tea");
        var click = await slack.DoAsync(
            "POST",
            "people/priya/actions",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["ts"] = ts,
                ["action_id"] = "done",
            }
        );
        Assert.True((bool)click["ok"]!, click.ToJsonString());
        await MessageAsync(slack, "office", $"tea done by <@{TestWorkspace.Priya}>");

        await slack.CommandAsync(command: "/echo", text: "hello");
        await MessageAsync(slack, "office", "echo hello");
        var mention = await slack.DoAsync(
            "POST",
            "people/noor/messages",
            new JsonObject { ["channel"] = "general", ["text"] = "@buddy hello" }
        );
        await MessageAsync(slack, "general", $"hi <@{TestWorkspace.Noor}>", (string)mention["ts"]!);
        await slack.DoAsync("POST", "people/noor/home");
        await Eventually.TrueAsync(
            () => slack.Server.Traffic.After(0).Any(entry => entry is { Kind: "views.publish", Error: null }),
            "the app publishes the home"
        );
        Assert.Equal("header", (string)(await slack.DoAsync("GET", "people/noor/home"))["blocks"]![0]!["type"]!);
    }

    private static Task<JsonNode> SubmitAsync(TestWorkspace slack, string what) =>
        slack.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject { ["values"] = new JsonObject { ["what"] = new JsonObject { ["text"] = what } } }
        );

    /// <summary>Waits for a message and returns its ts.</summary>
    private static async Task<string> MessageAsync(
        TestWorkspace slack,
        string channel,
        string text,
        string? thread = null
    )
    {
        var board = slack.Server.State.FindChannel(channel)!;
        await Eventually.TrueAsync(
            () => slack.Server.State.MessagesOf(board).Any(message => message.Text == text),
            $"the message '{text}'"
        );
        var seen = await slack.MessagesAsync("noor", channel, thread);
        return (string)seen.Single(message => (string)message!["text"]! == text)!["ts"]!;
    }

    private static async Task<int> ReadyAsync(Process node)
    {
        if (await node.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            return (int)JsonNode.Parse(line)!["port"]!;
        Assert.Fail(await node.StandardError.ReadToEndAsync(Cancellation));
        return 0;
    }
}
