using System.Text.Json;
using CoffeeBuddy.Slack.BlockKit;
using Xunit;

namespace CoffeeBuddy.Slack.Tests;

/// <summary>Checks JSON against Slack's limits (https://docs.slack.dev/reference/block-kit) for the blocks that are used.</summary>
internal static class BlockKitLimits
{
    public static void AssertWithin(SlackMessage message)
    {
        var root = Parse(BlockKitJson.Serialize(message));
        Length(root, "text", 1, 4000);
        var blocks = Items(root, "blocks", 0, 50);
        Blocks(blocks);
        Assert.InRange(blocks.Sum(TextLength), 0, 13_200);
    }

    public static void AssertWithin(View view)
    {
        var json = BlockKitJson.Serialize(view);
        Assert.InRange(json.Length, 0, 250_000);
        var root = Parse(json);
        var blocks = Items(root, "blocks", 1, 100);
        Blocks(blocks);
        if (view.Type == View.Home)
            return;
        Plain(root, "title", 24);
        if (root.TryGetProperty("submit", out _) || blocks.Any(block => Type(block) == "input"))
            Plain(root, "submit", 24);
        Plain(root, "close", 24);
        OptionalLength(root, "private_metadata", 0, 3000);
        OptionalLength(root, "callback_id", 1, 255);
    }

    private static void Blocks(List<JsonElement> blocks)
    {
        Assert.All(blocks, Block);
        var ids = blocks
            .Where(block => block.TryGetProperty("block_id", out _))
            .Select(block => block.GetProperty("block_id").GetString())
            .ToList();
        Assert.Equal(ids.Count, ids.Distinct().Count());
    }

    private static void Block(JsonElement block)
    {
        OptionalLength(block, "block_id", 1, 255);
        switch (Type(block))
        {
            case "section":
                Text(block.GetProperty("text"), 3000);
                if (block.TryGetProperty("accessory", out var accessory))
                    Element(accessory);
                break;
            case "header":
                Plain(block, "text", 150);
                break;
            case "context":
                Assert.All(Items(block, "elements", 1, 10), text => Text(text, 3000));
                break;
            case "actions":
                var elements = Items(block, "elements", 1, 25);
                Assert.All(elements, Element);
                Assert.Equal(
                    elements.Count,
                    elements.Select(element => element.GetProperty("action_id").GetString()).Distinct().Count()
                );
                break;
            case "input":
                Plain(block, "label", 2000);
                Element(block.GetProperty("element"));
                if (block.TryGetProperty("hint", out _))
                    Plain(block, "hint", 2000);
                break;
            case "rich_text":
                var preformatted = Assert.Single(Items(block, "elements", 1, 1));
                Assert.Equal("rich_text_preformatted", Type(preformatted));
                Text(Assert.Single(Items(preformatted, "elements", 1, 1)), 3000);
                break;
            default:
                Assert.Equal("divider", Type(block));
                break;
        }
    }

    private static void Element(JsonElement element)
    {
        Length(element, "action_id", 1, 255);
        if (element.TryGetProperty("placeholder", out _))
            Plain(element, "placeholder", 150);
        switch (Type(element))
        {
            case "button":
                Plain(element, "text", 75);
                OptionalLength(element, "value", 1, 2000);
                if (element.TryGetProperty("confirm", out var confirm))
                    Confirm(confirm);
                break;
            case "plain_text_input":
                Assert.InRange(element.GetProperty("max_length").GetInt32(), 1, 3000);
                OptionalLength(element, "initial_value", 1, element.GetProperty("max_length").GetInt32());
                break;
            case "users_select" or "conversations_select":
                break;
            default:
                Choices(
                    element,
                    Type(element) switch
                    {
                        "static_select" or "multi_static_select" => 100,
                        "radio_buttons" or "checkboxes" => 10,
                        var other => throw new InvalidOperationException(other),
                    }
                );
                break;
        }
    }

    private static void Choices(JsonElement element, int most)
    {
        var options = Items(element, "options", 1, most);
        Assert.All(
            options,
            option =>
            {
                Plain(option, "text", 75);
                Length(option, "value", 1, 150);
            }
        );
        var written = options.Select(option => option.GetRawText()).ToList();
        Assert.Equal(written.Count, written.Distinct().Count());
        if (element.TryGetProperty("initial_option", out var initial))
            Assert.Contains(initial.GetRawText(), written);
        if (element.TryGetProperty("initial_options", out _))
            Assert.All(
                Items(element, "initial_options", 1, most),
                option => Assert.Contains(option.GetRawText(), written)
            );
    }

    private static void Confirm(JsonElement confirm)
    {
        Plain(confirm, "title", 100);
        Text(confirm.GetProperty("text"), 300);
        Plain(confirm, "confirm", 30);
        Plain(confirm, "deny", 30);
    }

    private static void Plain(JsonElement parent, string name, int max)
    {
        Text(parent.GetProperty(name), max);
        Assert.Equal("plain_text", Type(parent.GetProperty(name)));
    }

    private static void Text(JsonElement text, int max) => Length(text, "text", 1, max);

    private static void Length(JsonElement parent, string name, int min, int max)
    {
        var text = parent.GetProperty(name).GetString()!;
        Assert.InRange(text.Length, min, max);
        Assert.True(text.Length == 0 || !string.IsNullOrWhiteSpace(text));
    }

    private static void OptionalLength(JsonElement parent, string name, int min, int max)
    {
        if (parent.TryGetProperty(name, out _))
            Length(parent, name, min, max);
    }

    private static List<JsonElement> Items(JsonElement parent, string name, int min, int max)
    {
        var items = parent.GetProperty(name).EnumerateArray().ToList();
        Assert.InRange(items.Count, min, max);
        return items;
    }

    private static int TextLength(JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.Object => element
                .EnumerateObject()
                .Sum(property =>
                    property.NameEquals("text") && property.Value.ValueKind == JsonValueKind.String
                        ? property.Value.GetString()!.Length
                        : TextLength(property.Value)
                ),
            JsonValueKind.Array => element.EnumerateArray().Sum(TextLength),
            _ => 0,
        };

    private static string Type(JsonElement element) => element.GetProperty("type").GetString()!;

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
