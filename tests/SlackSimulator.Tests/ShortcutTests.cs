using System.Diagnostics;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>Shortcuts, and menus whose options come from the app.</summary>
public sealed class ShortcutTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_Bolt_app_answers_shortcuts_and_external_menus(bool socketMode)
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                App = new AppOptions { SocketMode = socketMode },
            }
        );
        using var node = await SlackSdk.RunAsync(
            "interactive.mjs",
            slack.Server,
            ("SOCKET_MODE", socketMode ? "1" : "")
        );
        try
        {
            var address = new Uri($"http://127.0.0.1:{await PortAsync(node)}/slack/events");
            slack.Server.Configure(app => app with { InteractivityUrl = address, OptionsUrl = address });
            await ChooseAsync(slack);
            await QuoteAsync(slack);
        }
        finally
        {
            node.Kill(entireProcessTree: true);
            await node.WaitForExitAsync(CancellationToken.None);
        }

        Assert.Empty(slack.Server.Traffic.Violating);
    }

    [Fact]
    public async Task The_payloads_have_Slacks_fields()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = await slack.PostAsync(TestWorkspace.Office, "the message");
        await RunAsync(slack, new JsonObject { ["callback_id"] = "everywhere" });
        await RunAsync(
            slack,
            new JsonObject
            {
                ["callback_id"] = "on-message",
                ["channel"] = "office",
                ["ts"] = ts,
            }
        );

        var everywhere = Assert.Single(slack.App.Requests, request => request.IsInteraction("shortcut")).Payload;
        Assert.Equal(("everywhere", TestWorkspace.Noor), Ids(everywhere));
        Assert.Null(everywhere["channel"]);
        var onMessage = Assert.Single(slack.App.Requests, request => request.IsInteraction("message_action")).Payload;
        Assert.Equal(("on-message", TestWorkspace.Noor), Ids(onMessage));
        Assert.Equal(
            (TestWorkspace.Office, ts, "the message"),
            (
                (string)onMessage["channel"]!["id"]!,
                (string)onMessage["message_ts"]!,
                (string)onMessage["message"]!["text"]!
            )
        );
        foreach (var name in (string[])["team", "user", "token", "action_ts", "trigger_id", "is_enterprise_install"])
            Assert.True(everywhere[name] is not null && onMessage[name] is not null, name);
        Assert.NotNull(onMessage["response_url"]);

        static (string, string) Ids(JsonNode payload) =>
            ((string)payload["callback_id"]!, (string)payload["user"]!["id"]!);
    }

    [Theory]
    [InlineData("""{"callback_id":"other"}""", "shortcut_not_found")]
    [InlineData("""{"callback_id":"quote"}""", "shortcut_not_found")]
    [InlineData("{}", "no_callback_id")]
    public async Task A_shortcut_that_the_app_does_not_have_is_refused(string body, string error)
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.DoAsync(
            "PUT",
            "app",
            JsonNode.Parse("""{"shortcuts":[{"name":"Quote","callback_id":"quote","type":"message"}]}""")!.AsObject()
        );
        Assert.Equal(error, (string)(await RunAsync(slack, JsonNode.Parse(body)!.AsObject()))["error"]!);
        Assert.Empty(slack.App.Requests);
    }

    [Theory]
    [InlineData("""{"options":[]}""", null)]
    [InlineData("""{"options":[{"text":{"type":"plain_text","text":"Soup"},"value":"soup"}]}""", null)]
    [InlineData("""{}""", "invalid_options")]
    [InlineData("""{"options":[{"text":"Soup","value":"soup"}]}""", "invalid_options")]
    [InlineData("""{"options":[],"option_groups":[]}""", "invalid_options")]
    public async Task The_options_of_an_app_are_checked(string options, string? error)
    {
        await using var slack = await OpenAsync();
        slack.App.Reply(_ => new Reply(Json: JsonNode.Parse(options)));
        var answer = await SuggestAsync(slack, "sou");
        Assert.Equal(error, (string?)answer["error"]);
        Assert.Equal(error is null ? 0 : 1, slack.Server.Traffic.Violating.Count);

        var asked = slack.App.Requests.Single(request => request.IsInteraction("block_suggestion")).Payload;
        Assert.Equal(
            ("dish", "one", "sou", "view"),
            (
                (string)asked["action_id"]!,
                (string)asked["block_id"]!,
                (string)asked["value"]!,
                (string)asked["container"]!["type"]!
            )
        );
        Assert.NotNull(asked["view"]!["state"]);
    }

    [Fact]
    public async Task Only_an_option_that_the_app_has_offered_can_be_chosen()
    {
        await using var slack = await OpenAsync();
        Assert.Equal("query_too_short", (string)(await SuggestAsync(slack, "so"))["error"]!);
        Assert.Equal("option_not_found", (string)(await FillAsync(slack, "soup"))["error"]!);
        slack.App.Reply(_ => new Reply(Json: new JsonObject { ["options"] = new JsonArray(Option("soup", "Soup")) }));
        await SuggestAsync(slack, "soup");
        var view = await FillAsync(slack, "soup");
        Assert.Equal("Soup", (string)view["state"]!["values"]!["one"]!["dish"]!["selected_option"]!["text"]!["text"]!);
    }

    private static async Task ChooseAsync(TestWorkspace slack)
    {
        Assert.True((bool)(await RunAsync(slack, new JsonObject { ["callback_id"] = "choose" }))["ok"]!);
        await Eventually.TrueAsync(
            () => slack.Server.Traffic.After(0).Any(entry => entry is { Kind: "views.open", Error: null }),
            "the app opens a view"
        );
        var found = await SuggestAsync(slack, "s");
        Assert.Equal(
            ["soup", "salad", "sandwich"],
            found["options"]!.AsArray().Select(option => (string)option!["value"]!)
        );
        await slack.DoAsync(
            "POST",
            "people/noor/suggestions",
            new JsonObject { ["view"] = true, ["action_id"] = "group" }
        );
        var submitted = await slack.DoAsync(
            "POST",
            "people/noor/view/submit",
            JsonNode.Parse("""{"values":{"one":{"dish":"soup"},"more":{"group":["salad"]}}}""")!.AsObject()
        );
        Assert.True((bool)submitted["closed"]!, submitted.ToJsonString());
        await Eventually.TrueAsync(
            async () =>
                (await slack.MessagesAsync("noor", "dm")).Any(message => (string)message!["text"]! == "soup and salad"),
            "the app posts what was chosen"
        );
    }

    private static async Task QuoteAsync(TestWorkspace slack)
    {
        var ts = await slack.PostAsync(TestWorkspace.Office, "wise words");
        await RunAsync(
            slack,
            new JsonObject
            {
                ["callback_id"] = "quote",
                ["channel"] = "office",
                ["ts"] = ts,
            }
        );
        await Eventually.TrueAsync(
            async () => (await slack.MessagesAsync("noor", "office")).Count == 2,
            "the app responds to the shortcut"
        );
        Assert.Equal("quoted: wise words", (string)(await slack.MessagesAsync("noor", "office"))[1]!["text"]!);
        Assert.Single(await slack.MessagesAsync("priya", "office"));
    }

    /// <summary>A workspace in which Noor sees a modal with an external menu.</summary>
    private static async Task<TestWorkspace> OpenAsync()
    {
        var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { OptionsUrl = app.InteractivityUrl });
        var menu = new JsonObject { ["type"] = "external_select", ["action_id"] = "dish" };
        var opened = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Modal("x", Input("one", menu)) }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());
        return slack;
    }

    private static Task<JsonNode> FillAsync(TestWorkspace slack, string value) =>
        slack.DoAsync(
            "POST",
            "people/noor/view/state",
            new JsonObject { ["values"] = new JsonObject { ["one"] = new JsonObject { ["dish"] = value } } }
        );

    private static Task<JsonNode> SuggestAsync(TestWorkspace slack, string typed) =>
        slack.DoAsync(
            "POST",
            "people/noor/suggestions",
            new JsonObject
            {
                ["view"] = true,
                ["action_id"] = "dish",
                ["value"] = typed,
            }
        );

    private static Task<JsonNode> RunAsync(TestWorkspace slack, JsonObject body) =>
        slack.DoAsync("POST", "people/noor/shortcuts", body);

    private static async Task<int> PortAsync(Process node)
    {
        if (await node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            return (int)JsonNode.Parse(line)!["port"]!;
        Assert.Fail(await node.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        return 0;
    }
}
