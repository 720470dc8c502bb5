using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>Filling in inputs, and editing and deleting messages, as a person.</summary>
public sealed class PersonTests
{
    public static TheoryData<string, string, string?> Entries =>
        new()
        {
            { """{"type":"plain_text_input","min_length":3}""", "\"ab\"", "Enter at least 3 characters." },
            { """{"type":"plain_text_input","max_length":3}""", "\"abcd\"", "Enter no more than 3 characters." },
            { """{"type":"plain_text_input","max_length":3}""", """{"value":"abc"}""", null },
            {
                """{"type":"number_input","is_decimal_allowed":false,"min_value":"1","max_value":"9"}""",
                "\"10\"",
                "Enter a number of at most 9."
            },
            {
                """{"type":"number_input","is_decimal_allowed":false,"min_value":"1","max_value":"9"}""",
                "\"0\"",
                "Enter a number of at least 1."
            },
            { """{"type":"number_input","is_decimal_allowed":false}""", "\"1.5\"", "Enter a whole number." },
            { """{"type":"number_input","is_decimal_allowed":true}""", "1.5", null },
            { """{"type":"email_text_input"}""", "\"nobody\"", "Enter a valid email address." },
            { """{"type":"email_text_input"}""", "\"a@example.com\"", null },
            { """{"type":"url_text_input"}""", "\"nowhere\"", "Enter a valid URL." },
            {
                """{"type":"checkboxes","options":[{"text":{"type":"mrkdwn","text":"*A*"},"value":"a"}]}""",
                """["a"]""",
                null
            },
            {
                """{"type":"checkboxes","options":[{"text":{"type":"mrkdwn","text":"*A*"},"value":"a"}]}""",
                "[]",
                "Please complete this required field."
            },
            {
                """{"type":"multi_static_select","max_selected_items":1,"options":[{"text":{"type":"plain_text","text":"A"},"value":"a"},{"text":{"type":"plain_text","text":"B"},"value":"b"}]}""",
                """{"selected_options":["a","b"]}""",
                "You can select up to 1 items."
            },
            { """{"type":"users_select"}""", """{"selected_user":"U0NOOR0000"}""", null },
            { """{"type":"multi_users_select"}""", """["U0NOOR0000"]""", null },
            { """{"type":"datepicker"}""", "\"2026-03-02\"", null },
            { """{"type":"timepicker"}""", """{"selected_time":"09:30"}""", null },
            {
                """{"type":"radio_buttons","options":[{"text":{"type":"plain_text","text":"A"},"value":"a"}]}""",
                """{"selected_option":{"value":"a"}}""",
                null
            },
        };

    [Theory]
    [MemberData(nameof(Entries))]
    public async Task Entered_values_are_checked_as_in_Slacks_client(string element, string entered, string? fault)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var input = Input("b", JsonNode.Parse(element)!.AsObject().With("action_id", "a"));
        var opened = await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Modal("x", input) }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());

        var result = await slack.DoAsync(
            "POST",
            "people/noor/view/submit",
            new JsonObject
            {
                ["values"] = new JsonObject { ["b"] = new JsonObject { ["a"] = JsonNode.Parse(entered) } },
            }
        );

        Assert.Equal(fault, (string?)result["errors"]?["b"]);
        Assert.Equal(fault is null, (bool)result["closed"]!);
    }

    [Fact]
    public async Task An_empty_optional_input_is_submitted_as_null()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var view = Modal("x", Input("b", TextInput("a"), optional: true), Input("c", Select("d", "v"), optional: true));
        await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = view }
        );
        await slack.DoAsync("POST", "people/noor/view/submit");
        var values = slack.App.Requests[^1].Payload["view"]!["state"]!["values"]!;
        Assert.Equal(
            """{"b":{"a":{"type":"plain_text_input","value":null}},"c":{"d":{"type":"static_select","selected_option":null}}}""",
            values.ToJsonString()
        );
    }

    [Fact]
    public async Task Filled_in_values_are_kept_until_they_are_submitted()
    {
        await using var slack = await TestWorkspace.StartAsync();
        await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = Modal() }
        );
        await slack.DoAsync(
            "POST",
            "people/noor/view/state",
            new JsonObject { ["values"] = new JsonObject { ["what"] = new JsonObject { ["text"] = "tea" } } }
        );
        var seen = await slack.DoAsync("GET", "people/noor/view");
        Assert.Equal("tea", (string)seen["state"]!["values"]!["what"]!["text"]!["value"]!);
        Assert.True((bool)(await slack.DoAsync("POST", "people/noor/view/submit"))["closed"]!);
        Assert.Equal(
            "tea",
            (string)slack.App.Requests[^1].Payload["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!
        );
    }

    [Fact]
    public async Task A_person_can_delete_their_message_and_its_thread_remains()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var ts = (string)
            (
                await slack.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "general", ["text"] = "parent" }
                )
            )["ts"]!;
        await slack.DoAsync(
            "POST",
            "people/priya/messages",
            new JsonObject
            {
                ["channel"] = "general",
                ["text"] = "reply",
                ["thread_ts"] = ts,
            }
        );
        Assert.Equal(
            "not_own_message",
            (string)(await slack.DoAsync("DELETE", $"people/priya/messages?channel=general&ts={ts}"))["error"]!
        );
        await slack.DoAsync("DELETE", $"people/noor/messages?channel=general&ts={ts}");

        var left = await slack.MessagesAsync("noor", "general", ts);
        Assert.Equal(["This message was deleted.", "reply"], left.Select(message => (string)message!["text"]!));
        var events = await slack.App.WaitForAsync(3, request => request.IsEvent("message"));
        Assert.Single(
            events,
            request =>
                (string?)request.Payload["event"]!["subtype"] == "message_deleted"
                && (string)request.Payload["event"]!["deleted_ts"]! == ts
        );
    }

    [Fact]
    public async Task A_click_in_a_message_sends_the_values_of_its_inputs()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var posted = await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = TestWorkspace.Office,
                ["text"] = "x",
                ["blocks"] = new JsonArray(Input("asked", TextInput("what")), ActionsBlock(Button("go"))),
            }
        );
        Assert.True((bool)posted["ok"]!, posted.ToJsonString());
        var click = new JsonObject
        {
            ["channel"] = TestWorkspace.Office,
            ["ts"] = (string)posted["ts"]!,
            ["action_id"] = "go",
        };
        await slack.DoAsync(
            "POST",
            "people/noor/actions",
            click.With("values", JsonNode.Parse("""{"asked":{"what":"soup"}}"""))
        );
        Assert.Equal(
            "soup",
            (string)
                slack.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload["state"]![
                    "values"
                ]!["asked"]!["what"]!["value"]!
        );
    }

    [Theory]
    [InlineData(
        "<!channel> <@U0PRIYA000> &lt; @priya <https://example.com>",
        false,
        "&lt;!channel&gt; &lt;@U0PRIYA000&gt; &amp;lt; <@U0PRIYA000> &lt;https://example.com&gt;"
    )]
    [InlineData("<!channel> <@U0PRIYA000> &lt; & @priya", true, "<!channel> <@U0PRIYA000> &lt; &amp; <@U0PRIYA000>")]
    public async Task Typed_text_is_escaped_unless_it_is_sent_as_markup(string typed, bool markup, string stored)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var message = new JsonObject
        {
            ["channel"] = "general",
            ["text"] = typed,
            ["markup"] = markup,
        };
        var ts = (string)(await slack.DoAsync("POST", "people/noor/messages", message))["ts"]!;
        Assert.Equal(stored, (string)Assert.Single(await slack.MessagesAsync("noor", "general"))!["text"]!);
        await slack.DoAsync("PUT", "people/noor/messages", message.With("ts", ts));
        Assert.Equal(stored, (string)Assert.Single(await slack.MessagesAsync("noor", "general"))!["text"]!);
    }

    [Theory]
    [InlineData("general")]
    [InlineData("dm")]
    public async Task Unread_counts_exclude_thread_replies_ephemeral_and_deleted_messages(string channel)
    {
        await using var slack = await TestWorkspace.StartAsync();
        var id = channel is "dm"
            ? (string)
                (await slack.CallAsync("conversations.open", new JsonObject { ["users"] = TestWorkspace.Noor }))[
                    "channel"
                ]!["id"]!
            : "C0GENERAL0";
        var parent = await slack.PostAsync(id, $"for <@{TestWorkspace.Noor}>");
        await slack.DoAsync("POST", "people/noor/read", new JsonObject { ["channel"] = channel, ["ts"] = parent });
        await slack.PostAsync(id, $"within, for <@{TestWorkspace.Noor}>", parent);
        await slack.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = id,
                ["user"] = TestWorkspace.Noor,
                ["text"] = $"only you, <@{TestWorkspace.Noor}>",
            }
        );
        await AssertAsync(0, 0);

        await slack.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = id,
                ["text"] = "loud",
                ["thread_ts"] = parent,
                ["reply_broadcast"] = true,
            }
        );
        var gone = await slack.PostAsync(id, $"soon gone, <@{TestWorkspace.Noor}>");
        await AssertAsync(2, 1);
        await slack.PostAsync(id, "reply", gone);
        await slack.CallAsync("chat.delete", new JsonObject { ["channel"] = id, ["ts"] = gone });
        await AssertAsync(1, 0);

        async Task AssertAsync(int unread, int mentions)
        {
            var one = (await slack.DoAsync("GET", "people/noor/conversations"))["conversations"]!
                .AsArray()
                .Single(one => (string)one!["id"]! == id)!;
            Assert.Equal((unread, mentions), ((int)one["unread"]!, (int)one["mentions"]!));
        }
    }

    [Fact]
    public async Task Only_an_input_with_dispatch_action_sends_block_actions()
    {
        await using var slack = await TestWorkspace.StartAsync();
        var view = Modal(
            "x",
            Input("b", Select("live", "v")).With("dispatch_action", true),
            Input("c", Select("quiet", "v"))
        );
        await slack.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await slack.TriggerAsync(), ["view"] = view }
        );
        await slack.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["view"] = true,
                ["action_id"] = "live",
                ["selected_option"] = "v",
            }
        );
        var quiet = await slack.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["view"] = true,
                ["action_id"] = "quiet",
                ["selected_option"] = "v",
            }
        );
        Assert.Equal("not_dispatched", (string)quiet["error"]!);
        var click = Assert.Single(slack.App.Requests, request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("v", (string)click["view"]!["state"]!["values"]!["b"]!["live"]!["selected_option"]!["value"]!);
    }
}
