using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>What a person fills in, edits and deletes.</summary>
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
    public async Task What_is_entered_is_checked_as_Slacks_client_does(string element, string entered, string? fault)
    {
        await using var lab = await Lab.StartAsync();
        var input = Input("b", JsonNode.Parse(element)!.AsObject().With("action_id", "a"));
        var opened = await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = Modal("x", input) }
        );
        Assert.True((bool)opened["ok"]!, opened.ToJsonString());

        var result = await lab.DoAsync(
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
    public async Task An_optional_input_may_stay_empty_and_is_null()
    {
        await using var lab = await Lab.StartAsync();
        var view = Modal("x", Input("b", TextInput("a"), optional: true), Input("c", Select("d", "v"), optional: true));
        await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = view }
        );
        await lab.DoAsync("POST", "people/noor/view/submit");
        var values = lab.App.Requests[^1].Payload["view"]!["state"]!["values"]!;
        Assert.Equal(
            """{"b":{"a":{"type":"plain_text_input","value":null}},"c":{"d":{"type":"static_select","selected_option":null}}}""",
            values.ToJsonString()
        );
    }

    [Fact]
    public async Task What_is_filled_in_stays_until_it_is_submitted()
    {
        await using var lab = await Lab.StartAsync();
        await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = Modal() }
        );
        await lab.DoAsync(
            "POST",
            "people/noor/view/state",
            new JsonObject { ["values"] = new JsonObject { ["what"] = new JsonObject { ["text"] = "tea" } } }
        );
        var seen = await lab.DoAsync("GET", "people/noor/view");
        Assert.Equal("tea", (string)seen["state"]!["values"]!["what"]!["text"]!["value"]!);
        Assert.True((bool)(await lab.DoAsync("POST", "people/noor/view/submit"))["closed"]!);
        Assert.Equal(
            "tea",
            (string)lab.App.Requests[^1].Payload["view"]!["state"]!["values"]!["what"]!["text"]!["value"]!
        );
    }

    [Fact]
    public async Task Ones_own_message_can_be_deleted_and_a_thread_outlives_its_parent()
    {
        await using var lab = await Lab.StartAsync();
        var ts = (string)
            (
                await lab.DoAsync(
                    "POST",
                    "people/noor/messages",
                    new JsonObject { ["channel"] = "general", ["text"] = "parent" }
                )
            )["ts"]!;
        await lab.DoAsync(
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
            (string)(await lab.DoAsync("DELETE", $"people/priya/messages?channel=general&ts={ts}"))["error"]!
        );
        await lab.DoAsync("DELETE", $"people/noor/messages?channel=general&ts={ts}");

        var left = await lab.MessagesAsync("noor", "general", ts);
        Assert.Equal(["This message was deleted.", "reply"], left.Select(message => (string)message!["text"]!));
        var events = await lab.App.WaitForAsync(3, request => request.IsEvent("message"));
        Assert.Single(
            events,
            request =>
                (string?)request.Payload["event"]!["subtype"] == "message_deleted"
                && (string)request.Payload["event"]!["deleted_ts"]! == ts
        );
    }

    [Fact]
    public async Task What_is_entered_in_a_messages_inputs_goes_along_with_a_click_there()
    {
        await using var lab = await Lab.StartAsync();
        var posted = await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = Lab.Office,
                ["text"] = "x",
                ["blocks"] = new JsonArray(Input("asked", TextInput("what")), ActionsBlock(Button("go"))),
            }
        );
        Assert.True((bool)posted["ok"]!, posted.ToJsonString());
        var click = new JsonObject
        {
            ["channel"] = Lab.Office,
            ["ts"] = (string)posted["ts"]!,
            ["action_id"] = "go",
        };
        await lab.DoAsync(
            "POST",
            "people/noor/actions",
            click.With("values", JsonNode.Parse("""{"asked":{"what":"soup"}}"""))
        );
        Assert.Equal(
            "soup",
            (string)
                lab.App.Requests.Single(request => request.IsInteraction("block_actions")).Payload["state"]!["values"]![
                    "asked"
                ]!["what"]!["value"]!
        );
    }

    [Theory]
    [InlineData(
        "<!channel> <@U0PRIYA000> &lt; @priya <https://example.com>",
        false,
        "&lt;!channel&gt; &lt;@U0PRIYA000&gt; &amp;lt; <@U0PRIYA000> &lt;https://example.com&gt;"
    )]
    [InlineData("<!channel> <@U0PRIYA000> &lt; & @priya", true, "<!channel> <@U0PRIYA000> &lt; &amp; <@U0PRIYA000>")]
    public async Task What_is_typed_is_no_markup_unless_it_is_said_to_be(string typed, bool markup, string stored)
    {
        await using var lab = await Lab.StartAsync();
        var message = new JsonObject
        {
            ["channel"] = "general",
            ["text"] = typed,
            ["markup"] = markup,
        };
        var ts = (string)(await lab.DoAsync("POST", "people/noor/messages", message))["ts"]!;
        Assert.Equal(stored, (string)Assert.Single(await lab.MessagesAsync("noor", "general"))!["text"]!);
        await lab.DoAsync("PUT", "people/noor/messages", message.With("ts", ts));
        Assert.Equal(stored, (string)Assert.Single(await lab.MessagesAsync("noor", "general"))!["text"]!);
    }

    [Theory]
    [InlineData("general")]
    [InlineData("dm")]
    public async Task Unread_is_what_a_conversation_shows_to_all_and_not_what_is_said_within_its_threads(string channel)
    {
        await using var lab = await Lab.StartAsync();
        var id = channel is "dm"
            ? (string)
                (await lab.CallAsync("conversations.open", new JsonObject { ["users"] = Lab.Noor }))["channel"]!["id"]!
            : "C0GENERAL0";
        var parent = await lab.PostAsync(id, $"for <@{Lab.Noor}>");
        await lab.DoAsync("POST", "people/noor/read", new JsonObject { ["channel"] = channel, ["ts"] = parent });
        await lab.PostAsync(id, $"within, for <@{Lab.Noor}>", parent);
        await lab.CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = id,
                ["user"] = Lab.Noor,
                ["text"] = $"only you, <@{Lab.Noor}>",
            }
        );
        await AssertAsync(0, 0);

        await lab.CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = id,
                ["text"] = "loud",
                ["thread_ts"] = parent,
                ["reply_broadcast"] = true,
            }
        );
        var gone = await lab.PostAsync(id, $"soon gone, <@{Lab.Noor}>");
        await AssertAsync(2, 1);
        await lab.PostAsync(id, "reply", gone);
        await lab.CallAsync("chat.delete", new JsonObject { ["channel"] = id, ["ts"] = gone });
        await AssertAsync(1, 0);

        async Task AssertAsync(int unread, int mentions)
        {
            var one = (await lab.DoAsync("GET", "people/noor/conversations"))["conversations"]!
                .AsArray()
                .Single(one => (string)one!["id"]! == id)!;
            Assert.Equal((unread, mentions), ((int)one["unread"]!, (int)one["mentions"]!));
        }
    }

    [Fact]
    public async Task An_input_that_dispatches_sends_a_click_and_one_that_does_not_cannot()
    {
        await using var lab = await Lab.StartAsync();
        var view = Modal(
            "x",
            Input("b", Select("live", "v")).With("dispatch_action", true),
            Input("c", Select("quiet", "v"))
        );
        await lab.CallAsync(
            "views.open",
            new JsonObject { ["trigger_id"] = await lab.TriggerAsync(), ["view"] = view }
        );
        await lab.DoAsync(
            "POST",
            "people/noor/actions",
            new JsonObject
            {
                ["view"] = true,
                ["action_id"] = "live",
                ["selected_option"] = "v",
            }
        );
        var quiet = await lab.DoAsync(
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
        var click = Assert.Single(lab.App.Requests, request => request.IsInteraction("block_actions")).Payload;
        Assert.Equal("v", (string)click["view"]!["state"]!["values"]!["b"]!["live"]!["selected_option"]!["value"]!);
    }
}
