using SlackSimulator.BlockKit;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;
using Surface = SlackSimulator.BlockKit.Surface;

namespace SlackSimulator.Tests;

/// <summary>Invalid blocks and views are refused with the path and Slack's message.</summary>
public sealed class BlockKitRuleTests
{
    public static TheoryData<string, string> Refused =>
        new()
        {
            { """[{"type":"sparkles"}]""", "[ERROR] unsupported type: sparkles [json-pointer:/blocks/0/type]" },
            { """[{"block_id":"a"}]""", "[ERROR] missing required field: type [json-pointer:/blocks/0]" },
            { """["text"]""", "[ERROR] must provide an object [json-pointer:/blocks/0]" },
            { """{"type":"divider"}""", "[ERROR] must provide an array [json-pointer:/blocks]" },
            {
                """[{"type":"divider","text":"x"}]""",
                "[ERROR] invalid additional property: text [json-pointer:/blocks/0]"
            },
            { """[{"type":"section"}]""", "[ERROR] missing required field: text [json-pointer:/blocks/0]" },
            {
                """[{"type":"section","text":"bare"}]""",
                "[ERROR] must provide an object [json-pointer:/blocks/0/text]"
            },
            {
                """[{"type":"section","text":{"type":"mrkdwn","text":""}}]""",
                "[ERROR] must be more than 0 characters [json-pointer:/blocks/0/text/text]"
            },
            {
                """[{"type":"section","text":{"type":"mrkdwn","text":7}}]""",
                "[ERROR] must provide a string [json-pointer:/blocks/0/text/text]"
            },
            {
                """[{"type":"section","text":{"type":"mrkdwn","text":"x","emoji":true}}]""",
                "[ERROR] invalid additional property: emoji [json-pointer:/blocks/0/text]"
            },
            {
                """[{"type":"header","text":{"type":"mrkdwn","text":"x"}}]""",
                "[ERROR] unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]"
            },
            {
                """[{"type":"context","elements":[]}]""",
                "[ERROR] no fewer than 1 items allowed [json-pointer:/blocks/0/elements]"
            },
            {
                """[{"type":"context","elements":[{"type":"button"}]}]""",
                "[ERROR] unsupported type: button [json-pointer:/blocks/0/elements/0/type]"
            },
            {
                """[{"type":"divider","block_id":"a"},{"type":"divider","block_id":"a"}]""",
                "[ERROR] block_id \"a\" already exists [json-pointer:/blocks/1/block_id]"
            },
            {
                """[{"type":"actions","elements":[{"type":"button","action_id":"a","text":{"type":"plain_text","text":"x"}},{"type":"button","action_id":"a","text":{"type":"plain_text","text":"y"}}]}]""",
                "[ERROR] action_id \"a\" already exists [json-pointer:/blocks/0/elements/1/action_id]"
            },
            {
                """[{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"style":"green"}]}]""",
                "[ERROR] must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]"
            },
            {
                """[{"type":"actions","elements":[{"type":"workflow_button"}]}]""",
                "[ERROR] workflow_button is not simulated [json-pointer:/blocks/0/elements/0/type]"
            },
            {
                """[{"type":"actions","elements":[{"type":"plain_text_input"}]}]""",
                "[ERROR] unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]"
            },
            {
                """[{"type":"actions","elements":[{"type":"static_select"}]}]""",
                "[ERROR] must provide either options or option_groups [json-pointer:/blocks/0/elements/0]"
            },
            {
                """[{"type":"actions","elements":[{"type":"datepicker","initial_date":"tomorrow"}]}]""",
                "[ERROR] must be a date in the format YYYY-MM-DD [json-pointer:/blocks/0/elements/0/initial_date]"
            },
            {
                """[{"type":"actions","elements":[{"type":"timepicker","initial_time":"25:00"}]}]""",
                "[ERROR] must be a time in the format HH:mm [json-pointer:/blocks/0/elements/0/initial_time]"
            },
            { """[{"type":"video"}]""", "[ERROR] video is not simulated [json-pointer:/blocks/0/type]" },
            { """[{"type":"table"}]""", "[ERROR] table is not simulated [json-pointer:/blocks/0/type]" },
            {
                """[{"type":"image","alt_text":"x"}]""",
                "[ERROR] must provide either image_url or slack_file [json-pointer:/blocks/0]"
            },
            {
                """[{"type":"rich_text","elements":"x"}]""",
                "[ERROR] must provide an array [json-pointer:/blocks/0/elements]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":{}}]}]""",
                "[ERROR] must provide an array [json-pointer:/blocks/0/elements/0/elements]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"text"}]}]}]""",
                "[ERROR] missing required field: text [json-pointer:/blocks/0/elements/0/elements/0]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_quote","elements":[{"type":"date","timestamp":1}]}]}]""",
                "[ERROR] missing required field: format [json-pointer:/blocks/0/elements/0/elements/0]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_preformatted","elements":[{"type":"text","text":"x","style":"bold"}]}]}]""",
                "[ERROR] must provide an object [json-pointer:/blocks/0/elements/0/elements/0/style]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"bullet","elements":[{"type":"text","text":"x"}]}]}]""",
                "[ERROR] unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]"
            },
            {
                """[{"type":"rich_text","elements":[{"type":"rich_text_list","style":"stars","elements":[]}]}]""",
                "[ERROR] must be a valid enum value: bullet, ordered [json-pointer:/blocks/0/elements/0/style]"
            },
            {
                """[{"type":"header","text":{"type":"plain_text","text":"x"},"level":5}]""",
                "[ERROR] must be less than 5 [json-pointer:/blocks/0/level]"
            },
            { """[{"type":"container"}]""", "[ERROR] container is not simulated [json-pointer:/blocks/0/type]" },
            {
                """[{"type":"data_visualization"}]""",
                "[ERROR] data_visualization is not simulated [json-pointer:/blocks/0/type]"
            },
            {
                """[{"type":"actions","elements":[{"type":"datetimepicker","initial_date_time":10000000000}]}]""",
                "[ERROR] must be a timestamp with 10 digits [json-pointer:/blocks/0/elements/0/initial_date_time]"
            },
            {
                """[{"type":"actions","elements":[{"type":"conversations_select","filter":"public"}]}]""",
                "[ERROR] must provide an object [json-pointer:/blocks/0/elements/0/filter]"
            },
            {
                """[{"type":"actions","elements":[{"type":"conversations_select","filter":{}}]}]""",
                "[ERROR] must provide at least one field [json-pointer:/blocks/0/elements/0/filter]"
            },
            {
                """[{"type":"actions","elements":[{"type":"multi_conversations_select","filter":{"include":["dm"]}}]}]""",
                "[ERROR] must be a valid enum value: im, mpim, private, public "
                    + "[json-pointer:/blocks/0/elements/0/filter/include/0]"
            },
            {
                """[{"type":"image","alt_text":"x","slack_file":{}}]""",
                "[ERROR] must provide either id or url [json-pointer:/blocks/0/slack_file]"
            },
            {
                """[{"type":"image","alt_text":"x","slack_file":{"id":"my file"}}]""",
                "[ERROR] must be the id of a file [json-pointer:/blocks/0/slack_file/id]"
            },
            {
                """[{"type":"image","alt_text":"x","image_url":"not an address"}]""",
                "[ERROR] must be a valid url [json-pointer:/blocks/0/image_url]"
            },
        };

    [Theory]
    [MemberData(nameof(Refused))]
    public void An_invalid_block_is_refused_with_Slacks_message(string blocks, string message) =>
        Assert.Equal(
            [message],
            BlockKitRules.CheckBlocks(JsonNode.Parse(blocks)).Select(violation => violation.ToString())
        );

    [Fact]
    public void A_message_with_every_block_and_element_is_accepted()
    {
        var option = Option("v");
        JsonArray blocks =
        [
            Section("*bold*")
                .With(
                    "accessory",
                    new JsonObject
                    {
                        ["type"] = "image",
                        ["image_url"] = "https://example.com/a.png",
                        ["alt_text"] = "a",
                    }
                ),
            new JsonObject { ["type"] = "header", ["text"] = Plain("Head") },
            new JsonObject { ["type"] = "divider" },
            new JsonObject { ["type"] = "context", ["elements"] = new JsonArray(Markdown("x"), Plain("y")) },
            new JsonObject
            {
                ["type"] = "image",
                ["image_url"] = "https://example.com/a.png",
                ["alt_text"] = "a",
                ["title"] = Plain("A"),
            },
            new JsonObject { ["type"] = "markdown", ["text"] = "# Head" },
            new JsonObject
            {
                ["type"] = "rich_text",
                ["elements"] = new JsonArray(
                    new JsonObject { ["type"] = "rich_text_section", ["elements"] = new JsonArray() }
                ),
            },
            ActionsBlock(
                Button("a"),
                Select("b", "v").With("initial_option", option),
                new JsonObject { ["type"] = "users_select", ["action_id"] = "c" },
                new JsonObject { ["type"] = "external_select", ["min_query_length"] = 0 },
                new JsonObject { ["type"] = "multi_external_select", ["initial_options"] = Options(2) },
                new JsonObject { ["type"] = "conversations_select", ["action_id"] = "d" },
                new JsonObject { ["type"] = "datepicker", ["initial_date"] = "2026-02-28" },
                new JsonObject { ["type"] = "timepicker", ["initial_time"] = "09:30" },
                new JsonObject { ["type"] = "checkboxes", ["options"] = Options(2) },
                new JsonObject { ["type"] = "radio_buttons", ["options"] = Options(2) },
                new JsonObject { ["type"] = "overflow", ["options"] = Options(2) },
                new JsonObject { ["type"] = "multi_static_select", ["options"] = Options(2) },
                new JsonObject { ["type"] = "multi_users_select" }
            ),
            Input("asked", TextInput("a")),
        ];

        Assert.Empty(BlockKitRules.CheckBlocks(blocks));
    }

    [Fact]
    public void Rich_text_with_every_part_and_leaf_is_accepted() =>
        Assert.Empty(
            BlockKitRules.CheckBlocks(
                JsonNode.Parse(
                    """
                    [{"type":"rich_text","elements":[
                      {"type":"rich_text_section","elements":[
                        {"type":"text","text":"a","style":{"bold":true,"italic":false}},{"type":"link","url":"https://example.com"},{"type":"user","user_id":"U1"},
                        {"type":"usergroup","usergroup_id":"S1"},{"type":"channel","channel_id":"C1"},{"type":"emoji","name":"wave","unicode":"1f44b","skin_tone":2},
                        {"type":"broadcast","range":"here"},{"type":"color","value":"#fff"},{"type":"date","timestamp":1900000800,"format":"{date}","fallback":"x"}]},
                      {"type":"rich_text_list","style":"ordered","indent":1,"offset":2,"border":0,"elements":[{"type":"rich_text_section","elements":[]}]},
                      {"type":"rich_text_quote","border":1,"elements":[]},
                      {"type":"rich_text_preformatted","language":"json","elements":[{"type":"text","text":"{}"}]}]}]
                    """
                )
            )
        );

    [Theory]
    [InlineData(Surface.Modal)]
    [InlineData(Surface.Home)]
    public void Markdown_blocks_are_allowed_in_messages_only(Surface surface) =>
        Assert.Equal(
            "unsupported type: markdown",
            Assert
                .Single(
                    BlockKitRules.CheckBlocks(
                        new JsonArray(new JsonObject { ["type"] = "markdown", ["text"] = "x" }),
                        surface
                    )
                )
                .Message
        );

    [Fact]
    public void A_modal_with_inputs_needs_a_submit_button()
    {
        var modal = Modal();
        modal.Remove("submit");
        Assert.Equal(
            "[ERROR] missing required field: submit [json-pointer:/view]",
            Assert.Single(BlockKitRules.CheckView(modal, Surface.Modal)).ToString()
        );
    }

    [Theory]
    [InlineData("min_value", "9", "max_value", "1", "must not be greater than max_value")]
    [InlineData("min_value", "3", "initial_value", "2", "must be between min_value and max_value")]
    [InlineData("initial_value", "4.5", "max_value", "4", "must be between min_value and max_value")]
    public void The_numbers_of_a_number_input_must_fit(
        string name,
        string value,
        string other,
        string otherValue,
        string message
    )
    {
        var input = new JsonObject
        {
            ["type"] = "number_input",
            ["is_decimal_allowed"] = true,
            [name] = value,
            [other] = otherValue,
        };
        var violation = Assert.Single(BlockKitRules.CheckView(Modal("x", Input("a", input)), Surface.Modal));
        Assert.Equal(message, violation.Message);
    }

    [Theory]
    [InlineData("""{"type":"header","level":4,"text":{"type":"plain_text","text":"x"}}""")]
    [InlineData("""{"type":"actions","elements":[{"type":"datetimepicker","initial_date_time":4102444800}]}""")]
    [InlineData("""{"type":"image","alt_text":"x","slack_file":{"id":"F0123456789"}}""")]
    [InlineData(
        """{"type":"actions","elements":[{"type":"conversations_select","filter":{"include":["im"],"exclude_bot_users":true}}]}"""
    )]
    public void A_valid_block_is_accepted(string block) =>
        Assert.Empty(BlockKitRules.CheckBlocks(new JsonArray(JsonNode.Parse(block))));

    [Fact]
    public void Every_block_of_Slacks_limits_is_known()
    {
        string[] others =
        [
            .. (string[])["text", "action_id", "block_id", "confirmation", "option", "option_group", "select", "view"],
            // The names of these elements in the reference data differ from their types.
            .. (string[])["feedback_button"],
        ];
        foreach (var (type, _) in ReferenceData.ReadOrSkip("block-kit-limits.json").AsObject())
        {
            if (others.Contains(type))
                continue;
            var block = new JsonObject { ["type"] = type };
            var messages = BlockKitRules
                .CheckBlocks(new JsonArray(block), Surface.Message)
                .Concat(BlockKitRules.CheckView(Modal("x", Input("a", block.DeepClone().AsObject())), Surface.Modal))
                .Concat(BlockKitRules.CheckBlocks(new JsonArray(ActionsBlock(block.DeepClone()))))
                .Select(violation => violation.Message)
                .ToList();
            Assert.False(messages.Count(message => message == $"unsupported type: {type}") == 3, type);
        }
    }

    [Fact]
    public void A_home_has_no_title() =>
        Assert.Equal(
            "invalid additional property: title",
            Assert.Single(BlockKitRules.CheckView(Home().With("title", Plain("x")), Surface.Home)).Message
        );

    [Fact]
    public void Only_one_element_can_have_focus_on_load()
    {
        var modal = Modal(
            "x",
            Input("a", TextInput("a").With("focus_on_load", true)),
            Input("b", TextInput("b").With("focus_on_load", true))
        );
        Assert.Equal(
            "/view/blocks/1/element/focus_on_load",
            Assert.Single(BlockKitRules.CheckView(modal, Surface.Modal)).Path
        );
    }

    [Fact]
    public void An_initial_option_must_be_one_of_the_options()
    {
        var blocks = new JsonArray(ActionsBlock(Select("a", "tea").With("initial_option", Option("coffee"))));
        Assert.Equal("/blocks/0/elements/0/initial_option", Assert.Single(BlockKitRules.CheckBlocks(blocks)).Path);
    }

    [Fact]
    public void Lengths_are_counted_in_characters_not_bytes() =>
        Assert.Empty(
            BlockKitRules.CheckBlocks(
                new JsonArray(
                    ActionsBlock(Button("a").With("text", Plain(string.Concat(Enumerable.Repeat("☕😀", 37)))))
                )
            )
        );
}
