using static SlackSimulator.BlockKit.Checks;
using static SlackSimulator.BlockKit.CompositionRules;

namespace SlackSimulator.BlockKit;

/// <summary>The rules for each type of block, and the surfaces where it is allowed (https://docs.slack.dev/reference/block-kit/blocks/).</summary>
internal static class BlockRules
{
    private static readonly Field[] Common = [Required("type", Anything), Optional("block_id", BlockId)];

    private static readonly Field[] Picture =
    [
        Required("alt_text", Text(2000)),
        Optional("image_url", Address),
        Optional("slack_file", SlackFile),
    ];

    private static readonly Check PictureElement = Object([Required("type", Anything), .. Picture], OneSource);

    private static readonly Dictionary<string, Check> InContext = new(StringComparer.Ordinal)
    {
        ["image"] = PictureElement,
        ["plain_text"] = PlainText(3000),
        ["mrkdwn"] = AnyText(3000),
    };

    private static readonly Dictionary<string, Check> Accessories = new(ElementRules.ByType, StringComparer.Ordinal)
    {
        ["image"] = PictureElement,
    };

    private static readonly Dictionary<string, Check> ByType = new(StringComparer.Ordinal)
    {
        ["section"] = Block(
            [
                Optional("text", AnyText(3000)),
                Optional("fields", ArrayOf(AnyText(2000), 10)),
                Optional("accessory", Typed(Accessories, [.. ElementRules.InSection, "image"])),
                Optional("expand", TrueOrFalse),
            ],
            TextOrFields
        ),
        ["header"] = Block([Required("text", PlainText(150)), Optional("level", Number(1, 4))]),
        ["divider"] = Block([]),
        ["context"] = Block([Required("elements", ArrayOf(Typed(InContext, ["image", "plain_text", "mrkdwn"]), 10))]),
        ["actions"] = Block([
            Required("elements", All(ArrayOf(Typed(ElementRules.ByType, ElementRules.InActions), 25), ActionIdsOnce)),
        ]),
        ["input"] = Block([
            Required("label", PlainText(2000)),
            Required("element", Typed(ElementRules.ByType, ElementRules.InInput)),
            Optional("hint", PlainText(2000)),
            Optional("optional", TrueOrFalse),
            Optional("dispatch_action", TrueOrFalse),
        ]),
        ["image"] = Block([.. Picture, Optional("title", PlainText(2000))], OneSource),
        ["rich_text"] = Block([Required("elements", RichTextRules.Elements)]),
        ["markdown"] = Block([Required("text", Text(BlockKitRules.MaxMarkdownText, 1))]),
    };

    private static readonly string[] Everywhere =
    [
        "section",
        "header",
        "divider",
        "context",
        "actions",
        "input",
        "image",
        "rich_text",
    ];

    private static readonly Dictionary<Surface, string[]> Allowed = new()
    {
        [Surface.Message] = [.. Everywhere, "markdown"],
        [Surface.Modal] = Everywhere,
        [Surface.Home] = Everywhere,
    };

    /// <summary>The blocks of a message (at most 50) or of a view (at most 100).</summary>
    public static Check Blocks(Surface surface) =>
        ArrayOf(
            Typed(ByType, Allowed[surface]),
            surface == Surface.Message ? 50 : 100,
            surface == Surface.Modal ? 1 : 0
        );

    private static Check Block(Field[] own, params Check[] between) => Object([.. Common, .. own], between);

    private static void BlockId(Node node)
    {
        Text(255)(node);
        if (node.Text is { Length: > 0 } id && !node.Findings.BlockIds.Add(id))
            node.Fail("unique", $"block_id \"{id}\" already exists");
    }

    private static void ActionIdsOnce(Node node)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var index = 0; index < (node.Array?.Count ?? 0); index++)
        {
            if (node[index]["action_id"] is { Text: { Length: > 0 } id } at && !seen.Add(id))
                at.Fail("unique", $"action_id \"{id}\" already exists");
        }
    }

    private static void TextOrFields(Node node)
    {
        if (!node.Has("text") && !node.Has("fields"))
            node.Fail("required", "missing required field: text");
    }

    private static void OneSource(Node node)
    {
        if (node.Has("image_url") == node.Has("slack_file"))
            node.Fail("required", "must provide either image_url or slack_file");
    }
}
