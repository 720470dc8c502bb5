using SlackSimulator.Json;
using static SlackSimulator.BlockKit.Checks;
using static SlackSimulator.BlockKit.CompositionRules;

namespace SlackSimulator.BlockKit;

/// <summary>Slack's rules for what an app may show. An empty answer means Slack would take it.</summary>
public static class BlockKitRules
{
    /// <summary>Bytes of a view's JSON.</summary>
    public const int MaxViewBytes = 250 * 1024;

    /// <summary>Characters of all texts in one message's blocks together.</summary>
    public const int MaxMessageBlockText = 13_200;

    /// <summary>Characters of a message's text.</summary>
    public const int MaxMessageText = 40_000;

    private static readonly Check Modal = Object(
        [
            Required("type", Anything),
            Required("title", PlainText(24)),
            Required("blocks", BlockRules.Blocks(Surface.Modal)),
            OrNull("submit", PlainText(24)),
            OrNull("close", PlainText(24)),
            OrNull("private_metadata", Text(3000)),
            OrNull("callback_id", Text(255)),
            OrNull("external_id", Text(255)),
            Optional("clear_on_close", TrueOrFalse),
            Optional("notify_on_close", TrueOrFalse),
            Optional("submit_disabled", TrueOrFalse),
        ],
        SubmitForInputs
    );

    private static readonly Check Home = Object([
        Required("type", Anything),
        Required("blocks", BlockRules.Blocks(Surface.Home)),
        OrNull("private_metadata", Text(3000)),
        OrNull("callback_id", Text(255)),
        OrNull("external_id", Text(255)),
    ]);

    /// <summary>Checks a message's <c>blocks</c>.</summary>
    public static IReadOnlyList<Violation> CheckBlocks(JsonNode? blocks, Surface surface = Surface.Message)
    {
        var findings = new Findings(surface);
        BlockRules.Blocks(surface)(new Node(blocks, "/blocks", findings));
        return findings.Violations;
    }

    /// <summary>Checks a whole view against what a modal or a home may be.</summary>
    public static IReadOnlyList<Violation> CheckView(JsonNode? view, Surface surface)
    {
        var findings = new Findings(surface);
        var node = new Node(view, "/view", findings);
        var expected = surface == Surface.Home ? "home" : "modal";
        if (
            node.Object is not null
            && node["type"].Text is { } type
            && !string.Equals(type, expected, StringComparison.Ordinal)
        )
            node["type"].Fail("enum", $"must be a valid enum value: {expected}");
        else
            (surface == Surface.Home ? Home : Modal)(node);
        return findings.Violations;
    }

    /// <summary>Characters of all texts in blocks, which Slack limits for a message as a whole.</summary>
    public static int TextLength(JsonNode? node) =>
        node switch
        {
            JsonArray array => array.Sum(TextLength),
            JsonObject item => item.Sum(property =>
                property.Key is "text" && property.Value.Text() is { } text ? Length(text) : TextLength(property.Value)
            ),
            _ => 0,
        };

    private static Field OrNull(string name, Check check) =>
        Optional(
            name,
            node =>
            {
                if (node.Value is not null)
                    check(node);
            }
        );

    private static void SubmitForInputs(Node node)
    {
        var hasInput =
            node["blocks"].Array?.OfType<JsonObject>().Any(block => block["type"].Text() is "input") ?? false;
        if (hasInput && node["submit"].Object is null)
            node.Fail("required", "missing required field: submit");
    }
}
