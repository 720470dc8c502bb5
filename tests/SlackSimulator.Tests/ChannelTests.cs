using SlackSimulator.Tests.Support;

namespace SlackSimulator.Tests;

/// <summary>Creating, changing and leaving channels, through Slack's Web API client.</summary>
public sealed class ChannelTests
{
    [Fact]
    public async Task A_channel_is_created_used_renamed_and_archived()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var created = (await sdk.CallAsync("conversations.create", new JsonObject { ["name"] = "project-x" }))[
            "channel"
        ]!;
        var id = (string)created["id"]!;
        Assert.Equal(
            ("project-x", TestWorkspace.Bot, true),
            ((string)created["name"]!, (string)created["creator"]!, (bool)created["is_member"]!)
        );
        await sdk.CallAsync(
            "conversations.invite",
            new JsonObject { ["channel"] = id, ["users"] = TestWorkspace.Noor }
        );
        var renamed = await sdk.CallAsync(
            "conversations.rename",
            new JsonObject { ["channel"] = id, ["name"] = "project-y" }
        );
        Assert.Equal(
            ("project-y", "project-x"),
            ((string)renamed["channel"]!["name"]!, (string)renamed["channel"]!["previous_names"]![0]!)
        );
        var topic = await sdk.CallAsync(
            "conversations.setTopic",
            new JsonObject { ["channel"] = id, ["topic"] = "Ship it" }
        );
        Assert.Equal(
            ("Ship it", TestWorkspace.Bot),
            ((string)topic["channel"]!["topic"]!["value"]!, (string)topic["channel"]!["topic"]!["creator"]!)
        );
        await sdk.CallAsync("conversations.setPurpose", new JsonObject { ["channel"] = id, ["purpose"] = "Work" });
        await sdk.CallAsync("conversations.archive", Of(id));
        Assert.Equal(
            "is_archived",
            await sdk.RefusalAsync("chat.postMessage", new JsonObject { ["channel"] = id, ["text"] = "x" })
        );
        await sdk.CallAsync("conversations.unarchive", Of(id));

        Assert.Equal(
            ["channel_name", "channel_topic", "channel_purpose", "channel_archive", "channel_unarchive"],
            (await slack.MessagesAsync("noor", id)).Select(message => (string)message!["subtype"]!)
        );
        var info = (await sdk.CallAsync("conversations.info", Of(id)))["channel"]!;
        Assert.Equal(("Work", false), ((string)info["purpose"]!["value"]!, (bool)info["is_archived"]!));
    }

    [Fact]
    public async Task The_app_is_told_of_changes_of_channels()
    {
        await using var slack = await TestWorkspace.StartAsync();
        string[] types =
        [
            "channel_created",
            "channel_rename",
            "channel_archive",
            "channel_unarchive",
            "channel_left",
            "member_left_channel",
            "message.channels",
        ];
        slack.Server.Configure(app => app with { BotEvents = types });
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var created = await sdk.CallAsync("conversations.create", new JsonObject { ["name"] = "project-x" });
        var id = (string)created["channel"]!["id"]!;
        await sdk.CallAsync(
            "conversations.invite",
            new JsonObject { ["channel"] = id, ["users"] = $"{TestWorkspace.Noor},{TestWorkspace.Priya}" }
        );
        await sdk.CallAsync("conversations.rename", new JsonObject { ["channel"] = id, ["name"] = "project-y" });
        await sdk.CallAsync("conversations.archive", Of(id));
        await sdk.CallAsync("conversations.unarchive", Of(id));
        await sdk.CallAsync("conversations.kick", new JsonObject { ["channel"] = id, ["user"] = TestWorkspace.Noor });
        await sdk.CallAsync("conversations.leave", Of(id));

        var told = await slack.App.WaitForAsync(9, request => request.Path is "/events");
        var events = told.Select(request => request.Payload["event"]!).ToList();
        Assert.Equal(
            """{"id":"ID","name":"project-y","is_channel":true,"is_mpim":false,"created":TIME,"context_team_id":"T0SIM00001","name_normalized":"project-y"}"""
                .Replace("ID", id, StringComparison.Ordinal)
                .Replace("TIME", $"{slack.Time.GetUtcNow().ToUnixTimeSeconds()}", StringComparison.Ordinal),
            Event("channel_rename")["channel"]!.ToJsonString()
        );
        Assert.Equal(TestWorkspace.Bot, (string)Event("channel_created")["channel"]!["creator"]!);
        Assert.Equal((id, TestWorkspace.Bot), (Id("channel_archive"), (string)Event("channel_archive")["user"]!));
        Assert.Equal((id, TestWorkspace.Bot), (Id("channel_unarchive"), (string)Event("channel_unarchive")["user"]!));
        Assert.Equal((id, TestWorkspace.Bot), (Id("channel_left"), (string)Event("channel_left")["actor_id"]!));
        Assert.Equal(
            (id, TestWorkspace.Noor),
            (Id("member_left_channel"), (string)Event("member_left_channel")["user"]!)
        );
        Assert.Contains(
            events,
            content => (string?)content["subtype"] == "channel_name" && (string?)content["name"] == "project-y"
        );

        JsonNode Event(string type) => events.Single(content => (string)content["type"]! == type);
        string Id(string type) => (string)Event(type)["channel"]!;
    }

    [Fact]
    public async Task The_bot_marks_what_it_has_read_and_leaves()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var ts = await slack.PostAsync(TestWorkspace.Office, "x");
        await sdk.CallAsync("conversations.mark", new JsonObject { ["channel"] = TestWorkspace.Office, ["ts"] = ts });
        Assert.Equal(
            ts,
            (string)(await sdk.CallAsync("conversations.info", Of(TestWorkspace.Office)))["channel"]!["last_read"]!
        );
        await sdk.CallAsync("conversations.leave", Of(TestWorkspace.Office));
        Assert.True((bool)(await sdk.CallAsync("conversations.leave", Of(TestWorkspace.Office)))["not_in_channel"]!);
        Assert.DoesNotContain(
            TestWorkspace.Office,
            (await sdk.CallAsync("users.conversations"))["channels"]!
                .AsArray()
                .Select(channel => (string)channel!["id"]!)
        );
    }

    [Fact]
    public async Task The_conversations_of_a_user_are_listed_as_far_as_the_bot_sees_them()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Channels =
                [
                    .. options.Channels,
                    new ChannelOptions("secret", IsPrivate: true, HasBot: false),
                    new ChannelOptions("known", IsPrivate: true),
                    new ChannelOptions("elsewhere", Members: ["noor"]),
                ],
            }
        );
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var listed = await sdk.CallAsync(
            "users.conversations",
            new JsonObject { ["user"] = TestWorkspace.Priya, ["types"] = "public_channel,private_channel" }
        );
        Assert.Equal(
            ["general", "office", "random", "known"],
            listed["channels"]!.AsArray().Select(channel => (string)channel!["name"]!)
        );
    }

    private static readonly (string Method, string Arguments, string Code)[] Refusals =
    [
        ("conversations.create", """{"name":"office"}""", "name_taken"),
        ("conversations.create", """{"name":""}""", "invalid_name_required"),
        ("conversations.create", """{"name":"Big"}""", "invalid_name_specials"),
        ("conversations.create", """{"name":"two words"}""", "invalid_name_specials"),
        ("conversations.create", """{"name":"---"}""", "invalid_name_punctuation"),
        (
            "conversations.create",
            """{"name":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}""",
            "invalid_name_maxlength"
        ),
        ("conversations.archive", """{"channel":"C0GENERAL0"}""", "cant_archive_general"),
        ("conversations.archive", """{"channel":"C0ATTIC000"}""", "already_archived"),
        ("conversations.archive", """{"channel":"C0RANDOM00"}""", "not_in_channel"),
        ("conversations.archive", """{"channel":"C0NOWHERE0"}""", "channel_not_found"),
        ("conversations.archive", """{"channel":"DIRECT"}""", "method_not_supported_for_channel_type"),
        ("conversations.unarchive", """{"channel":"C0OFFICE00"}""", "not_archived"),
        ("conversations.rename", """{"channel":"C0OFFICE00","name":"desk"}""", "not_authorized"),
        ("conversations.setTopic", """{"channel":"C0ATTIC000","topic":"x"}""", "is_archived"),
        ("conversations.setTopic", """{"channel":"C0OFFICE00","topic":"LONG"}""", "too_long"),
        ("conversations.kick", """{"channel":"C0OFFICE00","user":"U0BOT00001"}""", "cant_kick_self"),
        ("conversations.kick", """{"channel":"C0OFFICE00","user":"U0NOBODY00"}""", "user_not_found"),
        ("conversations.kick", """{"channel":"C0OFFICE00","user":"USLACKBOT"}""", "not_in_channel"),
        ("conversations.kick", """{"channel":"C0GENERAL0","user":"U0NOOR0000"}""", "cant_kick_from_general"),
        ("conversations.leave", """{"channel":"C0GENERAL0"}""", "cant_leave_general"),
        ("conversations.leave", """{"channel":"DIRECT"}""", "method_not_supported_for_channel_type"),
        ("conversations.mark", """{"channel":"C0OFFICE00","ts":"now"}""", "invalid_timestamp"),
        ("users.conversations", """{"user":"U0NOBODY00"}""", "user_not_found"),
        ("users.conversations", """{"types":"rooms"}""", "invalid_types"),
    ];

    [Fact]
    public async Task An_invalid_call_is_refused_with_Slacks_error_code()
    {
        await using var slack = await TestWorkspace.StartAsync(options =>
            options with
            {
                Channels = [.. options.Channels, new ChannelOptions("attic", IsArchived: true)],
            }
        );
        await using var sdk = await SlackSdk.StartAsync(slack.Server);
        var opened = await sdk.CallAsync("conversations.open", new JsonObject { ["users"] = TestWorkspace.Noor });
        foreach (var (method, arguments, code) in Refusals)
        {
            var given = arguments
                .Replace("DIRECT", (string)opened["channel"]!["id"]!, StringComparison.Ordinal)
                .Replace("LONG", new string('x', 251), StringComparison.Ordinal);
            Assert.Equal(
                (method + arguments, code),
                (method + arguments, await sdk.RefusalAsync(method, JsonNode.Parse(given)!.AsObject()))
            );
        }
    }

    [Theory]
    [InlineData(false, "channels:manage")]
    [InlineData(true, "groups:write")]
    public async Task Each_kind_of_channel_needs_its_own_scope(bool isPrivate, string scope)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var other = isPrivate ? "channels:manage" : "groups:write";
        slack.Server.Configure(app => app with { BotScopes = [other] });
        var answer = await slack.CallAsync(
            "conversations.create",
            new JsonObject { ["name"] = "x", ["is_private"] = isPrivate }
        );
        Assert.Equal(("missing_scope", scope), ((string)answer["error"]!, (string)answer["needed"]!));
    }

    private static JsonObject Of(string channel) => new() { ["channel"] = channel };
}
