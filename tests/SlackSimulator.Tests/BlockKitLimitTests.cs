using SlackSimulator.BlockKit;
using SlackSimulator.Tests.Support;
using static SlackSimulator.Tests.Support.Samples;

namespace SlackSimulator.Tests;

/// <summary>Slack's limits: a value at the limit is accepted, one above it is refused.</summary>
public sealed class BlockKitLimitTests
{
    private static readonly Dictionary<
        string,
        (int Limit, Surface Surface, string Path, Func<int, JsonNode> Build)
    > Limits = new()
    {
        ["message blocks"] = (
            50,
            Surface.Message,
            "/blocks",
            n => Repeat(n, _ => new JsonObject { ["type"] = "divider" })
        ),
        ["modal blocks"] = (
            100,
            Surface.Modal,
            "/blocks",
            n => Repeat(n, _ => new JsonObject { ["type"] = "divider" })
        ),
        ["home blocks"] = (100, Surface.Home, "/blocks", n => Repeat(n, _ => new JsonObject { ["type"] = "divider" })),
        ["section.text"] = (3000, Surface.Message, "/blocks/0/text/text", n => Blocks(Section(X(n)))),
        ["section.fields"] = (
            10,
            Surface.Message,
            "/blocks/0/fields",
            n => Blocks(Fields(Repeat(n, _ => Markdown("x"))))
        ),
        ["section.fields.item"] = (
            2000,
            Surface.Message,
            "/blocks/0/fields/0/text",
            n => Blocks(Fields(Repeat(1, _ => Markdown(X(n)))))
        ),
        ["block_id"] = (
            255,
            Surface.Message,
            "/blocks/0/block_id",
            n => Blocks(new JsonObject { ["type"] = "divider", ["block_id"] = X(n) })
        ),
        ["header.text"] = (
            150,
            Surface.Message,
            "/blocks/0/text/text",
            n => Blocks(new JsonObject { ["type"] = "header", ["text"] = Plain(X(n)) })
        ),
        ["markdown.text"] = (
            12000,
            Surface.Message,
            "/blocks/0/text",
            n => Blocks(new JsonObject { ["type"] = "markdown", ["text"] = X(n) })
        ),
        ["context.elements"] = (
            10,
            Surface.Message,
            "/blocks/0/elements",
            n => Blocks(new JsonObject { ["type"] = "context", ["elements"] = Repeat(n, _ => Markdown("x")) })
        ),
        ["actions.elements"] = (
            25,
            Surface.Message,
            "/blocks/0/elements",
            n => Blocks(ActionsBlock([.. Enumerable.Range(0, n).Select(i => Button("a" + i))]))
        ),
        ["image.image_url"] = (
            3000,
            Surface.Message,
            "/blocks/0/image_url",
            n => Blocks(Image("https://example.com/".PadRight(n, 'x'), "alt"))
        ),
        ["image.alt_text"] = (
            2000,
            Surface.Message,
            "/blocks/0/alt_text",
            n => Blocks(Image("https://example.com/a.png", X(n)))
        ),
        ["action_id"] = (
            255,
            Surface.Message,
            "/blocks/0/elements/0/action_id",
            n => Blocks(ActionsBlock(Button(X(n))))
        ),
        ["button.text"] = (
            75,
            Surface.Message,
            "/blocks/0/elements/0/text/text",
            n => InActions(Button("a").With("text", Plain(X(n))))
        ),
        ["button.value"] = (
            2000,
            Surface.Message,
            "/blocks/0/elements/0/value",
            n => Blocks(ActionsBlock(Button("a", X(n))))
        ),
        ["button.url"] = (
            3000,
            Surface.Message,
            "/blocks/0/elements/0/url",
            n => InActions(Button("a").With("url", "https://example.com/".PadRight(n, 'x')))
        ),
        ["button.accessibility_label"] = (
            75,
            Surface.Message,
            "/blocks/0/elements/0/accessibility_label",
            n => InActions(Button("a").With("accessibility_label", X(n)))
        ),
        ["option.text"] = (
            75,
            Surface.Message,
            "/blocks/0/elements/0/options/0/text/text",
            n => InActions(Select("a").With("options", new JsonArray(Option("v", X(n)))))
        ),
        ["option.value"] = (
            150,
            Surface.Message,
            "/blocks/0/elements/0/options/0/value",
            n => InActions(Select("a").With("options", new JsonArray(Option(X(n), "t"))))
        ),
        ["option.description"] = (
            75,
            Surface.Message,
            "/blocks/0/elements/0/options/0/description/text",
            n => InActions(Select("a").With("options", new JsonArray(Option("v").With("description", Plain(X(n))))))
        ),
        ["option.url"] = (
            3000,
            Surface.Message,
            "/blocks/0/elements/0/options/0/url",
            n =>
                InActions(
                    Menu("overflow", new JsonArray(Option("v").With("url", "https://example.com/".PadRight(n, 'x'))))
                )
        ),
        ["select.options"] = (
            100,
            Surface.Message,
            "/blocks/0/elements/0/options",
            n => InActions(Select("a").With("options", Options(n)))
        ),
        ["select.option_groups"] = (
            100,
            Surface.Message,
            "/blocks/0/elements/0/option_groups",
            n => InActions(Grouped(Repeat(n, _ => Group("g", Options(1)))))
        ),
        ["option_group.options"] = (
            100,
            Surface.Message,
            "/blocks/0/elements/0/option_groups/0/options",
            n => InActions(Grouped(Repeat(1, _ => Group("g", Options(n)))))
        ),
        ["option_group.label"] = (
            75,
            Surface.Message,
            "/blocks/0/elements/0/option_groups/0/label/text",
            n => InActions(Grouped(Repeat(1, _ => Group(X(n), Options(1)))))
        ),
        ["select.placeholder"] = (
            150,
            Surface.Message,
            "/blocks/0/elements/0/placeholder/text",
            n => InActions(Select("a", "v").With("placeholder", Plain(X(n))))
        ),
        ["overflow.options"] = (
            5,
            Surface.Message,
            "/blocks/0/elements/0/options",
            n => InActions(Menu("overflow", Options(n)))
        ),
        ["checkboxes.options"] = (
            10,
            Surface.Message,
            "/blocks/0/elements/0/options",
            n => InActions(Menu("checkboxes", Options(n)))
        ),
        ["radio_buttons.options"] = (
            10,
            Surface.Message,
            "/blocks/0/elements/0/options",
            n => InActions(Menu("radio_buttons", Options(n)))
        ),
        ["confirmation.title"] = (
            100,
            Surface.Message,
            "/blocks/0/elements/0/confirm/title/text",
            n => InActions(Confirmed("title", n))
        ),
        ["confirmation.text"] = (
            300,
            Surface.Message,
            "/blocks/0/elements/0/confirm/text/text",
            n => InActions(Confirmed("text", n))
        ),
        ["confirmation.confirm"] = (
            30,
            Surface.Message,
            "/blocks/0/elements/0/confirm/confirm/text",
            n => InActions(Confirmed("confirm", n))
        ),
        ["confirmation.deny"] = (
            30,
            Surface.Message,
            "/blocks/0/elements/0/confirm/deny/text",
            n => InActions(Confirmed("deny", n))
        ),
        ["input.label"] = (
            2000,
            Surface.Modal,
            "/blocks/0/label/text",
            n => Blocks(Input("b", TextInput("a")).With("label", Plain(X(n))))
        ),
        ["input.hint"] = (
            2000,
            Surface.Modal,
            "/blocks/0/hint/text",
            n => Blocks(Input("b", TextInput("a")).With("hint", Plain(X(n))))
        ),
        ["plain_text_input.max_length"] = (
            3000,
            Surface.Modal,
            "/blocks/0/element/max_length",
            n => Blocks(Input("b", TextInput("a").With("max_length", n)))
        ),
    };

    /// <summary>Limits that have another name in the published list.</summary>
    private static readonly Dictionary<string, string> PublishedNames = new()
    {
        ["section.fields.item"] = "section.fields.item_max_length",
        ["plain_text_input.max_length"] = "plain_text_input.max_length.max",
        ["modal blocks"] = "view.blocks.max_items",
    };

    public static TheoryData<string> Names => [.. Limits.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_value_is_accepted_at_its_limit_and_refused_above_it(string name)
    {
        var (limit, surface, path, build) = Limits[name];
        Assert.Empty(BlockKitRules.CheckBlocks(build(limit), surface));
        Assert.Contains(BlockKitRules.CheckBlocks(build(limit + 1), surface), violation => violation.Path == path);
    }

    [Theory]
    [InlineData("title", 24)]
    [InlineData("submit", 24)]
    [InlineData("close", 24)]
    [InlineData("private_metadata", 3000)]
    [InlineData("callback_id", 255)]
    [InlineData("external_id", 255)]
    public void A_view_field_is_accepted_at_its_limit_and_refused_above_it(string field, int limit)
    {
        Assert.Empty(BlockKitRules.CheckView(View(limit), Surface.Modal));
        Assert.Single(BlockKitRules.CheckView(View(limit + 1), Surface.Modal));

        JsonObject View(int length) =>
            Modal().With(field, field is "title" or "submit" or "close" ? Plain(X(length)) : X(length));
    }

    [Fact]
    public void The_limits_match_a_published_list()
    {
        const string File = "block-kit-limits.json";
        var shared = ReferenceData.ReadOrSkip(File);
        var compared = 0;
        foreach (var (name, (limit, _, _, _)) in Limits)
        {
            var keys = PublishedNames.GetValueOrDefault(name, name).Split('.');
            var node = keys.Aggregate((JsonNode?)shared, (at, key) => at is JsonObject inside ? inside[key] : null);
            if (node is JsonObject bounds)
                node = bounds["max_length"] ?? bounds["max_items"];
            if (node is null)
                continue;
            Assert.Equal((name, (int)node), (name, limit));
            compared++;
        }

        Assert.True(compared >= 30, $"Only {compared} limits are in the shared list.");
    }

    private static string X(int length) => new('x', length);

    private static JsonArray Blocks(params JsonNode[] blocks) => new(blocks);

    private static JsonArray InActions(JsonObject element) => Blocks(ActionsBlock(element));

    private static JsonArray Repeat(int count, Func<int, JsonNode> make) =>
        [.. Enumerable.Range(0, count).Select(make)];

    private static JsonObject Fields(JsonArray fields) => new() { ["type"] = "section", ["fields"] = fields };

    private static JsonObject Image(string url, string alt) =>
        new()
        {
            ["type"] = "image",
            ["image_url"] = url,
            ["alt_text"] = alt,
        };

    private static JsonObject Menu(string type, JsonArray options) =>
        new()
        {
            ["type"] = type,
            ["action_id"] = "a",
            ["options"] = options,
        };

    private static JsonObject Grouped(JsonArray groups) =>
        new()
        {
            ["type"] = "static_select",
            ["action_id"] = "a",
            ["option_groups"] = groups,
        };

    private static JsonObject Group(string label, JsonArray options) =>
        new() { ["label"] = Plain(label), ["options"] = options };

    private static JsonObject Confirmed(string field, int length)
    {
        var confirm = new JsonObject
        {
            ["title"] = Plain("t"),
            ["text"] = Plain("t"),
            ["confirm"] = Plain("y"),
            ["deny"] = Plain("n"),
        };
        return Button("a").With("confirm", confirm.With(field, Plain(X(length))));
    }
}
