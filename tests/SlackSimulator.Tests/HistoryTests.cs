using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary><c>conversations.history</c> and <c>conversations.replies</c>.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task An_unchanged_message_is_rendered_the_same_after_ten_minutes()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.PostAsync(TestWorkspace.Office, "x");
        var before = (await slack.MessagesAsync("noor", "office")).ToJsonString();
        await slack.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:10:00" });
        Assert.Equal(before, (await slack.MessagesAsync("noor", "office")).ToJsonString());
    }

    private static readonly JsonNode Metadata = JsonNode.Parse(
        """{"event_type":"task_created","event_payload":{"id":"TK-1"}}"""
    )!;

    [Fact]
    public async Task Metadata_is_returned_only_on_request_and_is_kept_by_an_update()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var head = await slack.PostAsync(TestWorkspace.Office, "head");
        foreach (var thread in (string?[])[null, head])
        {
            var posted = await slack.CallAsync(
                "chat.postMessage",
                new JsonObject
                {
                    ["channel"] = TestWorkspace.Office,
                    ["text"] = "a task",
                    ["thread_ts"] = thread,
                    ["metadata"] = Metadata.DeepClone(),
                }
            );
            await slack.CallAsync(
                "chat.update",
                new JsonObject
                {
                    ["channel"] = TestWorkspace.Office,
                    ["ts"] = (string)posted["ts"]!,
                    ["text"] = "a task, changed",
                }
            );
        }

        Assert.Equal(
            [Metadata.ToJsonString()],
            await MetadataAsync(slack, "conversations.history", ("include_all_metadata", "true"))
        );
        Assert.Equal(
            [Metadata.ToJsonString()],
            await MetadataAsync(slack, "conversations.replies", ("ts", head), ("include_all_metadata", "true"))
        );
        Assert.Empty(await MetadataAsync(slack, "conversations.history"));
        Assert.Empty(await MetadataAsync(slack, "conversations.replies", ("ts", head)));
    }

    [Fact]
    public async Task History_is_newest_first_and_respects_the_oldest_argument()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var first = await slack.PostAsync(TestWorkspace.Office, "first");
        await slack.PostAsync(TestWorkspace.Office, "second");
        await slack.PostAsync(TestWorkspace.Office, "third");

        Assert.Equal(["third", "second"], await TextsAsync(slack, "conversations.history", ("oldest", first)));
        Assert.Equal(
            ["third", "second", "first"],
            await TextsAsync(slack, "conversations.history", ("oldest", first), ("inclusive", "true"))
        );
        Assert.Equal(["third"], await TextsAsync(slack, "conversations.history", ("oldest", first), ("limit", "1")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000")]
    public async Task History_accepts_a_limit_from_1_to_999(string limit)
    {
        await using var slack = await TestWorkspace.StartAsync();

        Assert.Equal(
            "invalid_limit",
            (string)
                (await slack.FormAsync("conversations.history", ("channel", TestWorkspace.Office), ("limit", limit)))[
                    "error"
                ]!
        );
    }

    [Fact]
    public async Task Each_kind_of_conversation_needs_its_own_history_scope()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var direct = (string)
            (await slack.CallAsync("conversations.open", new JsonObject { ["users"] = TestWorkspace.Noor }))[
                "channel"
            ]!["id"]!;
        slack.Server.Configure(app => app with { BotScopes = ["chat:write", "channels:history"] });

        Assert.True((bool)(await slack.FormAsync("conversations.history", ("channel", TestWorkspace.Office)))["ok"]!);
        var refused = await slack.FormAsync("conversations.history", ("channel", direct));
        Assert.Equal(("missing_scope", "im:history"), ((string)refused["error"]!, (string)refused["needed"]!));
    }

    private static async Task<IEnumerable<string>> MetadataAsync(
        TestWorkspace slack,
        string method,
        params (string, string)[] arguments
    ) =>
        (await slack.FormAsync(method, [("channel", TestWorkspace.Office), .. arguments]))["messages"]!
            .AsArray()
            .Select(message => message!["metadata"])
            .OfType<JsonNode>()
            .Select(metadata => metadata.ToJsonString());

    private static async Task<IEnumerable<string>> TextsAsync(
        TestWorkspace slack,
        string method,
        params (string, string)[] arguments
    ) =>
        (await slack.FormAsync(method, [("channel", TestWorkspace.Office), .. arguments]))["messages"]!
            .AsArray()
            .Select(message => (string)message!["text"]!);
}
