using static SlackSimulator.BlockKit.Checks;

namespace SlackSimulator.BlockKit;

/// <summary>The rules for rich_text blocks (https://docs.slack.dev/reference/block-kit/blocks/rich-text-block/).</summary>
/// <remarks>Slack documents no lengths for them; the total length of a message's blocks is limited.</remarks>
internal static class RichTextRules
{
    private const int NoLimit = int.MaxValue - 1;

    private static readonly Field Type = Required("type", Anything);

    private static readonly Field Style = Optional(
        "style",
        Object([
            .. (
                (string[])["bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"]
            ).Select(name => Optional(name, TrueOrFalse)),
        ])
    );

    private static readonly Field Border = Optional("border", Number(0, 1));

    private static readonly Dictionary<string, Check> Leaves = new(StringComparer.Ordinal)
    {
        ["text"] = Leaf(Required("text", Text(NoLimit, 1))),
        ["link"] = Leaf(Required("url", Address), Optional("text", Text(NoLimit)), Optional("unsafe", TrueOrFalse)),
        ["user"] = Leaf(Required("user_id", Text(255, 1))),
        ["usergroup"] = Leaf(Required("usergroup_id", Text(255, 1))),
        ["channel"] = Leaf(Required("channel_id", Text(255, 1))),
        ["team"] = Leaf(Required("team_id", Text(255, 1))),
        ["emoji"] = Leaf(
            Required("name", Text(255, 1)),
            Optional("unicode", Text(255)),
            Optional("skin_tone", Number(1, 6))
        ),
        ["broadcast"] = Leaf(Required("range", OneOf("here", "channel", "everyone"))),
        ["color"] = Leaf(Required("value", Text(255, 1))),
        ["date"] = Leaf(
            Required("timestamp", WholeNumber),
            Required("format", Text(NoLimit, 1)),
            Optional("url", Address),
            Optional("fallback", Text(NoLimit))
        ),
    };

    private static readonly Check Inside = ArrayOf(Typed(Leaves, [.. Leaves.Keys]), NoLimit, 0);

    private static readonly Dictionary<string, Check> Parts = new(StringComparer.Ordinal)
    {
        ["rich_text_section"] = Object([Type, Required("elements", Inside)]),
        ["rich_text_quote"] = Object([Type, Required("elements", Inside), Border]),
        ["rich_text_preformatted"] = Object([
            Type,
            Required("elements", Inside),
            Border,
            Optional("language", Text(255)),
        ]),
        ["rich_text_list"] = Object([
            Type,
            Required("style", OneOf("bullet", "ordered")),
            Required("elements", ArrayOf(Section, NoLimit, 0)),
            Optional("indent", Number(0, 8)),
            Optional("offset", Number(0, NoLimit)),
            Border,
        ]),
    };

    /// <summary>The block's <c>elements</c>.</summary>
    public static Check Elements { get; } = ArrayOf(Typed(Parts, [.. Parts.Keys]), NoLimit, 0);

    private static Check Leaf(params Field[] own) => Object([Type, Style, .. own]);

    private static void Section(Node node) => Typed(Parts, ["rich_text_section"])(node);

    private static void WholeNumber(Node node)
    {
        if (node.Value is not JsonValue value || !value.TryGetValue<long>(out _))
            node.Fail("type", "must provide an integer");
    }
}
