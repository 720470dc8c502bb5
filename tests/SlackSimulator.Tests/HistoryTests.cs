using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>What an app reads of what was said: <c>conversations.history</c> and <c>conversations.replies</c>.</summary>
public sealed class HistoryTests
{
    [Fact]
    public async Task A_message_nobody_touched_stays_the_same_as_time_goes_by()
    {
        await using var lab = await Lab.StartAsync();
        await lab.PostAsync(Lab.Office, "x");
        var before = (await lab.MessagesAsync("noor", "office")).ToJsonString();
        await lab.DoAsync("POST", "clock", new JsonObject { ["advance"] = "00:10:00" });
        Assert.Equal(before, (await lab.MessagesAsync("noor", "office")).ToJsonString());
    }

    private static readonly JsonNode Metadata = JsonNode.Parse(
        """{"event_type":"task_created","event_payload":{"id":"TK-1"}}"""
    )!;

    [Fact]
    public async Task Metadata_comes_with_a_message_only_where_it_is_asked_for_and_outlives_an_update()
    {
        await using var lab = await Lab.StartAsync();
        var head = await lab.PostAsync(Lab.Office, "head");
        foreach (var thread in (string?[])[null, head])
        {
            var posted = await lab.CallAsync(
                "chat.postMessage",
                new JsonObject
                {
                    ["channel"] = Lab.Office,
                    ["text"] = "a task",
                    ["thread_ts"] = thread,
                    ["metadata"] = Metadata.DeepClone(),
                }
            );
            await lab.CallAsync(
                "chat.update",
                new JsonObject
                {
                    ["channel"] = Lab.Office,
                    ["ts"] = (string)posted["ts"]!,
                    ["text"] = "a task, changed",
                }
            );
        }

        Assert.Equal(
            [Metadata.ToJsonString()],
            await MetadataAsync(lab, "conversations.history", ("include_all_metadata", "true"))
        );
        Assert.Equal(
            [Metadata.ToJsonString()],
            await MetadataAsync(lab, "conversations.replies", ("ts", head), ("include_all_metadata", "true"))
        );
        Assert.Empty(await MetadataAsync(lab, "conversations.history"));
        Assert.Empty(await MetadataAsync(lab, "conversations.replies", ("ts", head)));
    }

    [Fact]
    public async Task History_has_the_newest_first_and_none_that_is_older_than_asked_for()
    {
        await using var lab = await Lab.StartAsync();
        var first = await lab.PostAsync(Lab.Office, "first");
        await lab.PostAsync(Lab.Office, "second");
        await lab.PostAsync(Lab.Office, "third");

        Assert.Equal(["third", "second"], await TextsAsync(lab, "conversations.history", ("oldest", first)));
        Assert.Equal(
            ["third", "second", "first"],
            await TextsAsync(lab, "conversations.history", ("oldest", first), ("inclusive", "true"))
        );
        Assert.Equal(["third"], await TextsAsync(lab, "conversations.history", ("oldest", first), ("limit", "1")));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("1000")]
    public async Task History_is_asked_for_at_most_999_at_a_time(string limit)
    {
        await using var lab = await Lab.StartAsync();

        Assert.Equal(
            "invalid_limit",
            (string)(await lab.FormAsync("conversations.history", ("channel", Lab.Office), ("limit", limit)))["error"]!
        );
    }

    [Fact]
    public async Task Each_kind_of_conversation_needs_its_own_scope()
    {
        await using var lab = await Lab.StartAsync();
        var direct = (string)
            (await lab.CallAsync("conversations.open", new JsonObject { ["users"] = Lab.Noor }))["channel"]!["id"]!;
        lab.Server.Configure(app => app with { BotScopes = ["chat:write", "channels:history"] });

        Assert.True((bool)(await lab.FormAsync("conversations.history", ("channel", Lab.Office)))["ok"]!);
        var refused = await lab.FormAsync("conversations.history", ("channel", direct));
        Assert.Equal(("missing_scope", "im:history"), ((string)refused["error"]!, (string)refused["needed"]!));
    }

    private static async Task<IEnumerable<string>> MetadataAsync(
        Lab lab,
        string method,
        params (string, string)[] arguments
    ) =>
        (await lab.FormAsync(method, [("channel", Lab.Office), .. arguments]))["messages"]!
            .AsArray()
            .Select(message => message!["metadata"])
            .OfType<JsonNode>()
            .Select(metadata => metadata.ToJsonString());

    private static async Task<IEnumerable<string>> TextsAsync(
        Lab lab,
        string method,
        params (string, string)[] arguments
    ) =>
        (await lab.FormAsync(method, [("channel", Lab.Office), .. arguments]))["messages"]!
            .AsArray()
            .Select(message => (string)message!["text"]!);
}
