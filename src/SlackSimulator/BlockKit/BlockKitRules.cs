using SlackSimulator.Json;
using static SlackSimulator.BlockKit.Checks;
using static SlackSimulator.BlockKit.CompositionRules;

namespace SlackSimulator.BlockKit;

/// <summary>
/// Checks messages and views against Slack's rules, without a running workspace. No violations means that Slack accepts
/// them.
/// </summary>
public static class BlockKitRules
{
    /// <summary>The largest JSON of a view, in bytes.</summary>
    internal const int MaxViewBytes = 250 * 1024;

    /// <summary>The largest total of all texts in a message's blocks, in characters.</summary>
    internal const int MaxMessageBlockText = 13_200;

    /// <summary>The longest markdown of a block or of <c>markdown_text</c>, in characters.</summary>
    internal const int MaxMarkdownText = 12_000;

    /// <summary>The longest text of a message, in characters.</summary>
    internal const int MaxMessageText = 40_000;

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

    private static readonly Check Suggestions = Object(
        [Optional("options", ArrayOf(MenuOption, 100, 0)), Optional("option_groups", ArrayOf(OptionGroup, 100, 0))],
        node =>
        {
            if (node.Has("options") == node.Has("option_groups"))
                node.Fail("required", "must provide either options or option_groups");
        }
    );

    /// <summary>Checks an array of blocks.</summary>
    /// <param name="blocks">The value of <c>blocks</c>.</param>
    /// <param name="surface">Where the blocks are shown.</param>
    /// <returns>The violations, with paths that begin with <c>/blocks</c>.</returns>
    public static IReadOnlyList<Violation> CheckBlocks(JsonNode? blocks, Surface surface = Surface.Message)
    {
        var findings = new Findings(surface);
        BlockRules.Blocks(surface)(new Node(blocks, "/blocks", findings));
        return findings.Violations;
    }

    /// <summary>Checks a view with its blocks.</summary>
    /// <param name="view">The value of <c>view</c>.</param>
    /// <param name="surface"><see cref="Surface.Modal"/> or <see cref="Surface.Home"/>.</param>
    /// <returns>The violations, with paths that begin with <c>/view</c>.</returns>
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

    /// <summary>Checks an app's answer with the options of an external menu.</summary>
    internal static IReadOnlyList<Violation> CheckSuggestions(JsonNode? answer)
    {
        var findings = new Findings(Surface.Modal);
        Suggestions(new Node(answer, "", findings));
        return findings.Violations;
    }

    /// <summary>The total length of all texts in blocks, which Slack limits for each message.</summary>
    internal static int TextLength(JsonNode? node) =>
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
