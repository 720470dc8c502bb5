using System.Net;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

public sealed class WebApiTests
{
    public static TheoryData<string, string, string> Refusals =>
        new()
        {
            { "chat.postMessage", """{"channel":"C0NOWHERE"}""", "channel_not_found" },
            { "chat.postMessage", """{"channel":"C0RANDOM00","text":"x"}""", "not_in_channel" },
            { "chat.postMessage", """{"channel":"C0OFFICE00"}""", "no_text" },
            { "chat.postMessage", """{"text":"x"}""", "invalid_arguments" },
            { "chat.postMessage", """{"channel":"C0OFFICE00","text":"x","blocks":"["}""", "invalid_blocks_format" },
            {
                "chat.postMessage",
                """{"channel":"C0OFFICE00","text":"x","blocks":[{"type":"sparkles"}]}""",
                "invalid_blocks"
            },
            {
                "chat.postMessage",
                """{"channel":"C0OFFICE00","text":"x","thread_ts":"1.000000"}""",
                "thread_not_found"
            },
            {
                "chat.postMessage",
                """{"channel":"C0OFFICE00","text":"x","metadata":{"event_type":"x"}}""",
                "invalid_metadata_schema"
            },
            { "chat.postMessage", """{"channel":"C0ATTIC000","text":"x"}""", "is_archived" },
            { "chat.postMessage", """{"channel":"USLACKBOT","text":"x"}""", "cannot_dm_bot" },
            {
                "chat.postEphemeral",
                """{"channel":"C0OFFICE00","user":"U0NOBODY00","text":"x"}""",
                "user_not_in_channel"
            },
            { "chat.update", """{"channel":"C0OFFICE00","ts":"1.000000","text":"x"}""", "message_not_found" },
            { "chat.delete", """{"channel":"C0OFFICE00","ts":"1.000000"}""", "message_not_found" },
            { "conversations.open", """{"users":"U0NOBODY00"}""", "user_not_found" },
            { "conversations.open", """{"users":"U0BOT00001"}""", "cannot_dm_bot" },
            { "conversations.open", "{}", "users_list_not_supplied" },
            { "conversations.join", """{"channel":"C0ATTIC000"}""", "is_archived" },
            { "conversations.invite", """{"channel":"C0OFFICE00","users":"U0BOT00001"}""", "cant_invite_self" },
            {
                "views.open",
                """{"trigger_id":"1.2.3","view":{"type":"modal","title":{"type":"plain_text","text":"x"},"blocks":[{"type":"divider"}]}}""",
                "invalid_trigger_id"
            },
            { "views.open", """{"trigger_id":"1.2.3","view":{"type":"modal","blocks":[]}}""", "invalid_arguments" },
            { "views.update", """{"view_id":"V1","view":{"type":"home","blocks":[]}}""", "not_found" },
            { "views.publish", """{"user_id":"U0NOBODY00","view":{"type":"home","blocks":[]}}""", "invalid_arguments" },
            { "apps.connections.open", "{}", "not_allowed_token_type" },
            { "coffee.brew", "{}", "unknown_method" },
        };

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code(string method, string arguments, string code)
    {
        await using var slack = await TestWorkspace.StartAsync(WithAttic);
        var answer = await slack.CallAsync(method, JsonNode.Parse(arguments)!.AsObject());
        Assert.False((bool)answer["ok"]!);
        Assert.Equal(code, (string)answer["error"]!);
    }

    [Fact]
    public async Task Invalid_blocks_are_reported_with_their_path_and_recorded_as_a_violation()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var blocks = new JsonArray(ActionsBlock(Button("a").With("text", Plain(new string('x', 76)))));

        var answer = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "x",
                ["blocks"] = blocks,
            }
        );

        Assert.Equal(
            "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
            (string)answer["response_metadata"]!["messages"]![0]!
        );
        var violations = (await slack.DoAsync("GET", "violations"))["violations"]!.AsArray();
        Assert.Equal("/blocks/0/elements/0/text/text", (string)Assert.Single(violations)!["violations"]![0]!["path"]!);
    }

    [Theory]
    [InlineData("", "not_authed")]
    [InlineData("xoxb-other", "invalid_auth")]
    public async Task A_call_without_a_valid_token_is_refused(string token, string code)
    {
        await using var slack = await TestWorkspace.StartAsync();
        using var response = await slack.SendAsync("auth.test", [], token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(code, (string)answer["error"]!);
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var slack = await TestWorkspace.StartAsync();
        slack.Server.Configure(app => app with { BotScopes = ["commands"] });
        var answer = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = "x" }
        );
        Assert.Equal("missing_scope", (string)answer["error"]!);
        Assert.Equal("chat:write", (string)answer["needed"]!);
    }

    [Fact]
    public async Task Text_and_block_text_are_accepted_up_to_their_limits()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var longest = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = new string('x', 40_000) }
        );
        Assert.True((bool)longest["ok"]!);
        var longer = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["text"] = new string('x', 40_001) }
        );
        Assert.Equal("msg_too_long", (string)longer["error"]!);
        var blocks = new JsonArray([.. Enumerable.Range(0, 5).Select(_ => (JsonNode)Section(new string('x', 2_641)))]);
        var heavy = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "x",
                ["blocks"] = blocks,
            }
        );
        Assert.Equal("msg_blocks_too_long", (string)heavy["error"]!);
    }

    [Fact]
    public async Task Attachments_are_refused_as_not_simulated()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var answer = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "x",
                ["attachments"] = new JsonArray(new JsonObject { ["text"] = "y" }),
            }
        );
        Assert.Equal("invalid_attachments", (string)answer["error"]!);
        Assert.Equal(
            "attachments are not simulated",
            Assert.Single(slack.Server.Traffic.Violating).Violations[0].Message
        );
    }

    [Fact]
    public async Task The_app_cannot_change_a_persons_message()
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
        var update = await slack.CallAsync(
            "chat.update",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["ts"] = ts,
                ["text"] = "x",
            }
        );
        var delete = await slack.CallAsync(
            "chat.delete",
            new JsonObject { ["channel"] = TestWorkspace.Office, ["ts"] = ts }
        );
        Assert.Equal(
            ("cant_update_message", "cant_delete_message"),
            ((string)update["error"]!, (string)delete["error"]!)
        );
    }

    [Fact]
    public async Task A_message_to_a_person_opens_their_direct_messages()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var posted = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = TestWorkspace.Noor, ["text"] = "psst" }
        );
        Assert.StartsWith("D", (string)posted["channel"]!, StringComparison.Ordinal);
        Assert.Equal("psst", (string)Assert.Single(await slack.MessagesAsync("noor", "dm"))!["text"]!);
        Assert.Empty(await slack.MessagesAsync("priya", "dm"));

        var again = await slack.CallAsync("conversations.open", new JsonObject { ["users"] = TestWorkspace.Noor });
        Assert.Equal((string)posted["channel"]!, (string)again["channel"]!["id"]!);
        Assert.True((bool)again["already_open"]!);
    }

    [Fact]
    public async Task An_ephemeral_message_is_seen_by_one_person_and_cannot_be_updated()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var sent = await slack.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["user"] = TestWorkspace.Noor,
                ["text"] = "only you",
            }
        );
        Assert.True((bool)Assert.Single(await slack.MessagesAsync("noor", "office"))!["is_ephemeral"]!);
        Assert.Empty(await slack.MessagesAsync("priya", "office"));
        var update = await slack.CallAsync(
            "chat.update",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["ts"] = (string)sent["message_ts"]!,
                ["text"] = "x",
            }
        );
        Assert.Equal("message_not_found", (string)update["error"]!);
        Assert.Empty(
            (await slack.FormAsync("conversations.history", ("channel", TestWorkspace.Office)))["messages"]!.AsArray()
        );
    }

    [Fact]
    public async Task A_thread_has_replies_and_a_broadcast_is_also_in_the_channel()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var parent = await slack.PostAsync(TestWorkspace.Office, "parent");
        await slack.PostAsync(TestWorkspace.Office, "reply", parent);
        await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "loud",
                ["thread_ts"] = parent,
                ["reply_broadcast"] = true,
            }
        );

        var channel = await slack.MessagesAsync("noor", "office");
        Assert.Equal(["parent", "loud"], channel.Select(message => (string)message!["text"]!));
        Assert.Equal(2, (int)channel[0]!["reply_count"]!);
        Assert.Equal(
            ["parent", "reply", "loud"],
            (await slack.MessagesAsync("noor", "office", parent)).Select(message => (string)message!["text"]!)
        );
        var replies = await slack.FormAsync(
            "conversations.replies",
            ("channel", TestWorkspace.Office),
            ("ts", parent),
            ("limit", "2")
        );
        Assert.Equal(["parent", "reply"], replies["messages"]!.AsArray().Select(message => (string)message!["text"]!));
        var rest = await slack.FormAsync(
            "conversations.replies",
            ("channel", TestWorkspace.Office),
            ("ts", parent),
            ("cursor", (string)replies["response_metadata"]!["next_cursor"]!)
        );
        Assert.Equal("loud", (string)Assert.Single(rest["messages"]!.AsArray())!["text"]!);
        var link = await slack.FormAsync(
            "chat.getPermalink",
            ("channel", TestWorkspace.Office),
            ("message_ts", parent)
        );
        Assert.EndsWith(
            "/p" + parent.Replace(".", "", StringComparison.Ordinal),
            (string)link["permalink"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task People_are_found_with_their_time_zone_and_email()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var user = (await slack.FormAsync("users.info", ("user", "U0KENJI000")))["user"]!;
        Assert.Equal(("Asia/Tokyo", 32400), ((string)user["tz"]!, (int)user["tz_offset"]!));
        var found = await slack.FormAsync("users.lookupByEmail", ("email", "kenji@example.com"));
        Assert.Equal("U0KENJI000", (string)found["user"]!["id"]!);
        Assert.Equal(
            "users_not_found",
            (string)(await slack.FormAsync("users.lookupByEmail", ("email", "nobody@example.com")))["error"]!
        );

        slack.Server.Configure(app => app with { BotScopes = ["users:read"] });
        Assert.Null((await slack.FormAsync("users.info", ("user", "U0KENJI000")))["user"]!["profile"]!["email"]);
    }

    [Fact]
    public async Task Methods_that_read_data_refuse_JSON_bodies()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var answer = await slack.CallAsync("users.info", new JsonObject { ["user"] = TestWorkspace.Noor });
        Assert.Equal("invalid_arguments", (string)answer["error"]!);
    }

    [Fact]
    public async Task The_bot_can_post_after_joining_a_channel()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var joined = await slack.CallAsync("conversations.join", new JsonObject { ["channel"] = TestWorkspace.Random });
        Assert.True((bool)joined["channel"]!["is_member"]!);
        await slack.PostAsync(TestWorkspace.Random, "here I am");
        var members = await slack.FormAsync("conversations.members", ("channel", TestWorkspace.Random));
        Assert.Contains(TestWorkspace.Bot, members["members"]!.AsArray().Select(member => (string)member!));
    }

    [Fact]
    public async Task Message_timestamps_strictly_increase()
    {
        await using var slack = await TestWorkspace.StartAsync();
        List<string> stamps = [];
        for (var number = 0; number < 20; number++)
            stamps.Add(await slack.PostAsync(TestWorkspace.Office, $"{number}"));
        Assert.Equal(stamps.Distinct().Order(StringComparer.Ordinal), stamps);
    }

    private static SimulatorOptions WithAttic(SimulatorOptions options) =>
        options with
        {
            Channels = [.. options.Channels, new ChannelOptions("attic", IsArchived: true)],
        };
}
