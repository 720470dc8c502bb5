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
    public async Task A_wrong_call_is_refused_with_Slacks_code(string method, string arguments, string code)
    {
        await using var lab = await Lab.StartAsync(WithAttic);
        var answer = await lab.CallAsync(method, JsonNode.Parse(arguments)!.AsObject());
        Assert.False((bool)answer["ok"]!);
        Assert.Equal(code, (string)answer["error"]!);
    }

    [Fact]
    public async Task Invalid_blocks_name_the_place_and_are_kept_as_a_violation()
    {
        await using var lab = await Lab.StartAsync();
        var blocks = new JsonArray(ActionsBlock(Button("a").With("text", Plain(new string('x', 76)))));

        var answer = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["blocks"] = blocks,
            }
        );

        Assert.Equal(
            "[ERROR] must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
            (string)answer["response_metadata"]!["messages"]![0]!
        );
        var violations = (await lab.DoAsync("GET", "violations"))["violations"]!.AsArray();
        Assert.Equal("/blocks/0/elements/0/text/text", (string)Assert.Single(violations)!["violations"]![0]!["path"]!);
    }

    [Theory]
    [InlineData("", "not_authed")]
    [InlineData("xoxb-other", "invalid_auth")]
    public async Task A_call_without_the_apps_token_is_refused(string token, string code)
    {
        await using var lab = await Lab.StartAsync();
        using var response = await lab.SendAsync("auth.test", [], token);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal(code, (string)answer["error"]!);
    }

    [Fact]
    public async Task A_scope_the_app_lacks_is_named()
    {
        await using var lab = await Lab.StartAsync();
        lab.Server.Configure(app => app with { BotScopes = ["commands"] });
        var answer = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = Lab.Office, ["text"] = "x" }
        );
        Assert.Equal("missing_scope", (string)answer["error"]!);
        Assert.Equal("chat:write", (string)answer["needed"]!);
    }

    [Fact]
    public async Task Text_is_taken_up_to_forty_thousand_characters_and_block_text_up_to_thirteen_thousand()
    {
        await using var lab = await Lab.StartAsync();
        var longest = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = Lab.Office, ["text"] = new string('x', 40_000) }
        );
        Assert.True((bool)longest["ok"]!);
        var longer = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = Lab.Office, ["text"] = new string('x', 40_001) }
        );
        Assert.Equal("msg_too_long", (string)longer["error"]!);
        var blocks = new JsonArray([.. Enumerable.Range(0, 5).Select(_ => (JsonNode)Section(new string('x', 2_641)))]);
        var heavy = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["blocks"] = blocks,
            }
        );
        Assert.Equal("msg_blocks_too_long", (string)heavy["error"]!);
    }

    [Fact]
    public async Task Attachments_are_said_not_to_be_simulated()
    {
        await using var lab = await Lab.StartAsync();
        var answer = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["attachments"] = new JsonArray(new JsonObject { ["text"] = "y" }),
            }
        );
        Assert.Equal("invalid_attachments", (string)answer["error"]!);
        Assert.Equal(
            "attachments are not simulated",
            Assert.Single(lab.Server.Traffic.Violating).Violations[0].Message
        );
    }

    [Fact]
    public async Task Updating_with_text_alone_removes_the_blocks()
    {
        await using var lab = await Lab.StartAsync();
        var posted = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["blocks"] = new JsonArray(Section("hi")),
            }
        );
        Assert.Single(posted["message"]!["blocks"]!.AsArray());

        await lab.CallAsync(
            "chat.update",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["ts"] = (string)posted["ts"]!,
                ["text"] = "y",
            }
        );

        var seen = Assert.Single(await lab.MessagesAsync("priya", "office"))!;
        Assert.Equal("y", (string)seen["text"]!);
        Assert.Null(seen["blocks"]);
        Assert.Equal(Lab.Bot, (string)seen["edited"]!["user"]!);
    }

    [Fact]
    public async Task A_persons_message_is_not_the_apps_to_change()
    {
        await using var lab = await Lab.StartAsync();
        var ts = (string)
            (
                await lab.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "office", ["text"] = "mine" }
                )
            )["ts"]!;
        var update = await lab.CallAsync(
            "chat.update",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["ts"] = ts,
                ["text"] = "x",
            }
        );
        var delete = await lab.CallAsync("chat.delete", new JsonObject { ["channel"] = Lab.Office, ["ts"] = ts });
        Assert.Equal(
            ("cant_update_message", "cant_delete_message"),
            ((string)update["error"]!, (string)delete["error"]!)
        );
    }

    [Fact]
    public async Task A_message_to_a_person_opens_their_direct_messages()
    {
        await using var lab = await Lab.StartAsync();
        var posted = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = Lab.Noor, ["text"] = "psst" }
        );
        Assert.StartsWith("D", (string)posted["channel"]!, StringComparison.Ordinal);
        Assert.Equal("psst", (string)Assert.Single(await lab.MessagesAsync("noor", "dm"))!["text"]!);
        Assert.Empty(await lab.MessagesAsync("priya", "dm"));

        var again = await lab.CallAsync("conversations.open", new JsonObject { ["users"] = Lab.Noor });
        Assert.Equal((string)posted["channel"]!, (string)again["channel"]!["id"]!);
        Assert.True((bool)again["already_open"]!);
    }

    [Fact]
    public async Task Ephemeral_messages_are_seen_by_one_person_and_cannot_be_updated()
    {
        await using var lab = await Lab.StartAsync();
        var sent = await lab.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["user"] = Lab.Noor,
                ["text"] = "only you",
            }
        );
        Assert.True((bool)Assert.Single(await lab.MessagesAsync("noor", "office"))!["is_ephemeral"]!);
        Assert.Empty(await lab.MessagesAsync("priya", "office"));
        var update = await lab.CallAsync(
            "chat.update",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["ts"] = (string)sent["message_ts"]!,
                ["text"] = "x",
            }
        );
        Assert.Equal("message_not_found", (string)update["error"]!);
        Assert.Empty((await lab.FormAsync("conversations.history", ("channel", Lab.Office)))["messages"]!.AsArray());
    }

    [Fact]
    public async Task Threads_have_replies_and_a_broadcast_is_in_the_channel_too()
    {
        await using var lab = await Lab.StartAsync();
        var parent = await lab.PostAsync(Lab.Office, "parent");
        await lab.PostAsync(Lab.Office, "reply", parent);
        await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "loud",
                ["thread_ts"] = parent,
                ["reply_broadcast"] = true,
            }
        );

        var channel = await lab.MessagesAsync("noor", "office");
        Assert.Equal(["parent", "loud"], channel.Select(message => (string)message!["text"]!));
        Assert.Equal(2, (int)channel[0]!["reply_count"]!);
        Assert.Equal(
            ["parent", "reply", "loud"],
            (await lab.MessagesAsync("noor", "office", parent)).Select(message => (string)message!["text"]!)
        );
        var replies = await lab.FormAsync(
            "conversations.replies",
            ("channel", Lab.Office),
            ("ts", parent),
            ("limit", "2")
        );
        Assert.Equal(["parent", "reply"], replies["messages"]!.AsArray().Select(message => (string)message!["text"]!));
        var rest = await lab.FormAsync(
            "conversations.replies",
            ("channel", Lab.Office),
            ("ts", parent),
            ("cursor", (string)replies["response_metadata"]!["next_cursor"]!)
        );
        Assert.Equal("loud", (string)Assert.Single(rest["messages"]!.AsArray())!["text"]!);
        var link = await lab.FormAsync("chat.getPermalink", ("channel", Lab.Office), ("message_ts", parent));
        Assert.EndsWith(
            "/p" + parent.Replace(".", "", StringComparison.Ordinal),
            (string)link["permalink"]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task People_are_found_with_their_time_zone_and_email()
    {
        await using var lab = await Lab.StartAsync();
        var user = (await lab.FormAsync("users.info", ("user", "U0KENJI000")))["user"]!;
        Assert.Equal(("Asia/Tokyo", 32400), ((string)user["tz"]!, (int)user["tz_offset"]!));
        var found = await lab.FormAsync("users.lookupByEmail", ("email", "kenji@example.com"));
        Assert.Equal("U0KENJI000", (string)found["user"]!["id"]!);
        Assert.Equal(
            "users_not_found",
            (string)(await lab.FormAsync("users.lookupByEmail", ("email", "nobody@example.com")))["error"]!
        );

        lab.Server.Configure(app => app with { BotScopes = ["users:read"] });
        Assert.Null((await lab.FormAsync("users.info", ("user", "U0KENJI000")))["user"]!["profile"]!["email"]);
    }

    [Fact]
    public async Task Reading_methods_do_not_read_json()
    {
        await using var lab = await Lab.StartAsync();
        var answer = await lab.CallAsync("users.info", new JsonObject { ["user"] = Lab.Noor });
        Assert.Equal("invalid_arguments", (string)answer["error"]!);
    }

    [Fact]
    public async Task The_bot_joins_a_channel_and_may_then_post()
    {
        await using var lab = await Lab.StartAsync();
        var joined = await lab.CallAsync("conversations.join", new JsonObject { ["channel"] = Lab.Random });
        Assert.True((bool)joined["channel"]!["is_member"]!);
        await lab.PostAsync(Lab.Random, "here I am");
        var members = await lab.FormAsync("conversations.members", ("channel", Lab.Random));
        Assert.Contains(Lab.Bot, members["members"]!.AsArray().Select(member => (string)member!));
    }

    [Fact]
    public async Task Message_timestamps_grow_strictly()
    {
        await using var lab = await Lab.StartAsync();
        List<string> stamps = [];
        for (var number = 0; number < 20; number++)
            stamps.Add(await lab.PostAsync(Lab.Office, $"{number}"));
        Assert.Equal(stamps.Distinct().Order(StringComparer.Ordinal), stamps);
    }

    private static SimulatorOptions WithAttic(SimulatorOptions options) =>
        options with
        {
            Channels = [.. options.Channels, new ChannelOptions("attic", IsArchived: true)],
        };
}
