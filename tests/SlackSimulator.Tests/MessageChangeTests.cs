using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>What an update keeps, and what remains of a deleted message.</summary>
public sealed class MessageChangeTests
{
    [Fact]
    public async Task An_update_with_text_only_keeps_the_blocks()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = await PostBlocksAsync(slack);

        await UpdateAsync(slack, ts, ("text", "y"));

        var seen = Assert.Single(await slack.MessagesAsync("priya", "office"))!;
        Assert.Equal("y", (string)seen["text"]!);
        Assert.Equal("hi", (string)Assert.Single(seen["blocks"]!.AsArray())!["text"]!["text"]!);
        Assert.Equal(TestWorkspace.Bot, (string)seen["edited"]!["user"]!);
    }

    [Fact]
    public async Task An_update_with_an_empty_array_removes_the_blocks()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = await PostBlocksAsync(slack);

        await UpdateAsync(slack, ts, ("text", "y"), ("blocks", new JsonArray()));

        Assert.Null(Assert.Single(await slack.MessagesAsync("priya", "office"))!["blocks"]);
    }

    [Fact]
    public async Task Markdown_text_is_shown_as_a_markdown_block()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = await PostBlocksAsync(slack);

        Assert.True((bool)(await UpdateAsync(slack, ts, ("markdown_text", "**now**")))["ok"]!);

        var seen = Assert.Single(await slack.MessagesAsync("priya", "office"))!;
        var block = Assert.Single(seen["blocks"]!.AsArray())!;
        Assert.Equal(("markdown", "**now**"), ((string)block["type"]!, (string)block["text"]!));
    }

    [Theory]
    [InlineData("""{"markdown_text":"x","text":"y"}""", "markdown_text_conflict")]
    [InlineData("""{"markdown_text":"x","blocks":[{"type":"divider"}]}""", "markdown_text_conflict")]
    [InlineData("""{"markdown_text":""}""", "no_text")]
    public async Task Markdown_text_stands_alone(string arguments, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var message = JsonNode.Parse(arguments)!.AsObject().With("channel", TestWorkspace.Office);
        Assert.Equal(code, (string)(await slack.CallAsync("chat.postMessage", message))["error"]!);
    }

    [Fact]
    public async Task Markdown_text_has_at_most_12000_characters()
    {
        await using var slack = await TestWorkspace.StartAsync();
        foreach (var (length, code) in ((int, string?)[])[(12_000, null), (12_001, "msg_too_long")])
        {
            var answer = await slack.CallAsync(
                "chat.postMessage",
                new JsonObject { ["channel"] = TestWorkspace.Office, ["markdown_text"] = new string('x', length) }
            );
            Assert.Equal(code, (string?)answer["error"]);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_reply_to_a_deleted_message_is_posted_at_top_level(bool hasReplies)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var parent = await slack.PostAsync(TestWorkspace.Office, "parent");
        if (hasReplies)
            await slack.PostAsync(TestWorkspace.Office, "early", parent);
        await DeleteAsync(slack, parent);

        await slack.PostAsync(TestWorkspace.Office, "late", parent);

        var late = Assert.Single(
            await slack.MessagesAsync("noor", "office"),
            message => (string)message!["text"]! == "late"
        )!;
        Assert.Null(late["thread_ts"]);
    }

    [Fact]
    public async Task A_deleted_message_cannot_be_changed()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var parent = await slack.PostAsync(TestWorkspace.Office, "parent");
        await slack.PostAsync(TestWorkspace.Office, "reply", parent);
        await DeleteAsync(slack, parent);

        Assert.Equal("message_not_found", (string)(await UpdateAsync(slack, parent, ("text", "again")))["error"]!);
        Assert.Equal("message_not_found", (string)(await DeleteAsync(slack, parent))["error"]!);
        Assert.Equal(
            "message_not_found",
            (string)
                (await slack.FormAsync("chat.getPermalink", ("channel", TestWorkspace.Office), ("message_ts", parent)))[
                    "error"
                ]!
        );
        Assert.Equal("tombstone", (string)(await slack.MessagesAsync("noor", "office"))[0]!["subtype"]!);
    }

    [Fact]
    public async Task A_response_url_cannot_bring_back_a_deleted_message()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var posted = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "press",
                ["blocks"] = new JsonArray(ActionsBlock(Button("go"))),
            }
        );
        var ts = (string)posted["ts"]!;
        await slack.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = ts,
                ["action_id"] = "go",
            }
        );
        await slack.PostAsync(TestWorkspace.Office, "reply", ts);
        await DeleteAsync(slack, ts);
        var url = (string)
            slack.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload["response_url"]!;

        using var content = new StringContent("""{"replace_original":true,"text":"back"}""");
        using var response = await slack.Http.PostAsync(new Uri(url), content, TestContext.Current.CancellationToken);

        Assert.Equal("tombstone", (string)(await slack.MessagesAsync("priya", "office"))[0]!["subtype"]!);
    }

    [Theory]
    [InlineData("PUT", "people/noor/messages")]
    [InlineData("DELETE", "people/noor/messages?channel=office&ts=")]
    public async Task A_person_cannot_change_their_deleted_message(string verb, string path)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = (string)
            (
                await slack.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "office", ["text"] = "mine" }
                )
            )["ts"]!;
        await slack.PostAsync(TestWorkspace.Office, "reply", ts);
        await slack.DoAsync("DELETE", $"people/noor/messages?channel=office&ts={ts}");

        var again = await slack.DoAsync(
            verb,
            path.EndsWith('=') ? path + ts : path,
            new JsonObject
            {
                ["channel"] = "office",
                ["ts"] = ts,
                ["text"] = "back",
            }
        );

        Assert.False((bool)again["ok"]!);
        Assert.Equal("tombstone", (string)(await slack.MessagesAsync("priya", "office"))[0]!["subtype"]!);
    }

    private static async Task<string> PostBlocksAsync(TestWorkspace slack) =>
        (string)
            (
                await slack.CallAsync(
                    "chat.postMessage",
                    new JsonObject
                    {
                        ["channel"] = TestWorkspace.Office,
                        ["text"] = "x",
                        ["blocks"] = new JsonArray(Section("hi")),
                    }
                )
            )["ts"]!;

    private static Task<JsonNode> UpdateAsync(
        TestWorkspace slack,
        string ts,
        params (string Name, JsonNode Value)[] content
    )
    {
        var arguments = new JsonObject { ["channel"] = TestWorkspace.Office, ["ts"] = ts };
        foreach (var (name, value) in content)
            arguments[name] = value;
        return slack.CallAsync("chat.update", arguments);
    }

    private static Task<JsonNode> DeleteAsync(TestWorkspace slack, string ts) =>
        slack.CallAsync("chat.delete", new JsonObject { ["channel"] = TestWorkspace.Office, ["ts"] = ts });
}
