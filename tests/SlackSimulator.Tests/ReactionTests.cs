using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary><c>reactions.*</c>, through Slack's Web API client.</summary>
public sealed class ReactionTests
{
    [Fact]
    public async Task A_reaction_is_added_shown_and_removed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        await ReactAsync(slack, "priya", ts, "eyes");
        await sdk.CallAsync("reactions.add", On(ts, "eyes"));
        await sdk.CallAsync("reactions.add", On(ts, "thumbsup"));

        var item = await sdk.CallAsync(
            "reactions.get",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["timestamp"] = ts }
        );
        Assert.Equal(
            [("eyes", 2, TestWorkspace.Priya), ("+1", 1, TestWorkspace.Bot)],
            item["message"]!["reactions"]!
                .AsArray()
                .Select(reaction =>
                    ((string)reaction!["name"]!, (int)reaction["count"]!, (string)reaction["users"]![0]!)
                )
        );
        Assert.Equal(("message", TestWorkspace.Office), ((string)item["type"]!, (string)item["channel"]!));

        await sdk.CallAsync("reactions.remove", On(ts, "eyes"));
        await sdk.CallAsync("reactions.remove", On(ts, "+1"));
        var seen = Assert.Single(await slack.MessagesAsync("noor", "office"))!;
        Assert.Equal(
            $$"""[{"name":"eyes","users":["{{TestWorkspace.Priya}}"],"count":1}]""",
            seen["reactions"]!.ToJsonString()
        );
    }

    [Fact]
    public async Task The_messages_that_a_user_reacted_to_are_listed_newest_first()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        List<string> stamps = [];
        for (var number = 0; number < 3; number++)
        {
            stamps.Add(await slack.PostAsync(TestWorkspace.Office, $"{number}"));
            await sdk.CallAsync("reactions.add", On(stamps[^1], "eyes"));
        }

        var first = await sdk.CallAsync("reactions.list", new JsonObject { ["limit"] = 2 });
        var rest = await sdk.CallAsync(
            "reactions.list",
            new JsonObject { ["cursor"] = (string)first["response_metadata"]!["next_cursor"]! }
        );
        Assert.Equal(
            [stamps[2], stamps[1], stamps[0]],
            first["items"]!.AsArray().Concat(rest["items"]!.AsArray()).Select(item => (string)item!["message"]!["ts"]!)
        );
        Assert.Empty(
            (await sdk.CallAsync("reactions.list", new JsonObject { ["user"] = TestWorkspace.Priya }))[
                "items"
            ]!.AsArray()
        );
    }

    [Fact]
    public async Task The_app_is_told_of_reactions_in_its_channels()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { BotEvents = ["reaction_added", "reaction_removed"] });
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        await ReactAsync(slack, "priya", ts, "tada");
        await slack.DoAsync("DELETE", $"people/priya/reactions?channel=office&ts={ts}&name=tada");
        var elsewhere = await slack.DoAsync(
            "POST",
            "people/noor/messages",
            new JsonObject { ["channel"] = "random", ["text"] = "no bot here" }
        );
        await slack.DoAsync(
            "POST",
            "people/noor/reactions",
            new JsonObject
            {
                ["channel"] = "random",
                ["ts"] = (string)elsewhere["ts"]!,
                ["name"] = "eyes",
            }
        );
        await ReactAsync(slack, "priya", ts, "eyes");

        var told = await slack.App.WaitForAsync(3, request => request.Path is "/events");
        Assert.Equal(
            [("reaction_added", "eyes"), ("reaction_added", "tada"), ("reaction_removed", "tada")],
            told.Select(request => request.Payload["event"]!)
                .Select(content => ((string)content["type"]!, (string)content["reaction"]!))
                .Order()
        );
        var added = told.Select(request => request.Payload["event"]!).First();
        Assert.Equal((TestWorkspace.Priya, TestWorkspace.Bot), ((string)added["user"]!, (string)added["item_user"]!));
        Assert.Equal(
            $$"""{"type":"message","channel":"{{TestWorkspace.Office}}","ts":"{{ts}}"}""",
            added["item"]!.ToJsonString()
        );
    }

    private static readonly (string Method, string Arguments, string Code)[] Refusals =
    [
        ("reactions.add", """{"channel":"C0OFFICE00","timestamp":"TS","name":"eyes"}""", "already_reacted"),
        ("reactions.add", """{"channel":"C0OFFICE00","timestamp":"TS","name":":eyes:"}""", "invalid_name"),
        ("reactions.add", """{"channel":"C0OFFICE00","timestamp":"now","name":"tada"}""", "bad_timestamp"),
        ("reactions.add", """{"channel":"C0OFFICE00","timestamp":"1.000000","name":"tada"}""", "message_not_found"),
        ("reactions.add", """{"channel":"C0OFFICE00","name":"tada"}""", "no_item_specified"),
        ("reactions.add", """{"channel":"C0NOWHERE0","timestamp":"TS","name":"tada"}""", "channel_not_found"),
        ("reactions.add", """{"channel":"C0RANDOM00","timestamp":"TS","name":"tada"}""", "not_in_channel"),
        ("reactions.remove", """{"channel":"C0OFFICE00","timestamp":"TS","name":"tada"}""", "no_reaction"),
        ("reactions.get", """{"channel":"C0OFFICE00"}""", "no_item_specified"),
        ("reactions.list", """{"user":"U0NOBODY00"}""", "user_not_found"),
    ];

    [Fact]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        await sdk.CallAsync("reactions.add", On(ts, "eyes"));
        foreach (var (method, arguments, code) in Refusals)
        {
            var given = JsonNode.Parse(arguments.Replace("TS", ts, StringComparison.Ordinal))!.AsObject();
            Assert.Equal((arguments, code), (arguments, await sdk.RefusalAsync(method, given)));
        }
    }

    [Fact]
    public async Task One_user_adds_at_most_23_emoji_to_a_message()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        for (var number = 1; number <= 23; number++)
            Assert.True((bool)(await slack.CallAsync("reactions.add", On(ts, $"emoji{number}")))["ok"]!);
        Assert.Equal("too_many_reactions", (string)(await slack.CallAsync("reactions.add", On(ts, "one")))["error"]!);
    }

    private static JsonObject On(string ts, string name) =>
        new()
        {
            ["channel"] = TestWorkspace.Office,
            ["timestamp"] = ts,
            ["name"] = name,
        };

    private static Task<JsonNode> ReactAsync(TestWorkspace slack, string person, string ts, string name) =>
        slack.DoAsync(
            "POST",
            $"people/{person}/reactions",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = ts,
                ["name"] = name,
            }
        );
}
