using static SlackSimulator.BlockKit.Checks;

namespace SlackSimulator.BlockKit;

/// <summary>The rules for composition objects: text, options, option groups and confirmation dialogs.</summary>
internal static class CompositionRules
{
    private static readonly Field Type = Required("type", Anything);

    public static Check PlainText(int max) => TextObject(max, "plain_text");

    public static Check AnyText(int max) => TextObject(max, "plain_text", "mrkdwn");

    public static Check Confirm { get; } =
        Object([
            Required("title", PlainText(100)),
            Required("text", AnyText(300)),
            Required("confirm", PlainText(30)),
            Required("deny", PlainText(30)),
            Optional("style", OneOf("primary", "danger")),
        ]);

    /// <summary>An option of a menu, with plain text.</summary>
    public static Check MenuOption { get; } =
        Object([
            Required("text", PlainText(75)),
            Required("value", Text(150, 1)),
            Optional("description", PlainText(75)),
        ]);

    /// <summary>An option of checkboxes and radio buttons, where mrkdwn is allowed.</summary>
    public static Check BoxOption { get; } =
        Object([Required("text", AnyText(75)), Required("value", Text(150, 1)), Optional("description", AnyText(75))]);

    /// <summary>An option of an overflow menu, where a URL is allowed.</summary>
    public static Check OverflowOption { get; } =
        Object([
            Required("text", PlainText(75)),
            Optional("value", Text(150, 1)),
            Optional("description", PlainText(75)),
            Optional("url", Address),
        ]);

    public static Check OptionGroup { get; } =
        Object([Required("label", PlainText(75)), Required("options", ArrayOf(MenuOption, 100))]);

    /// <summary>A file that was uploaded to Slack, by its id or its URL.</summary>
    public static Check SlackFile { get; } =
        Object(
            [Optional("id", Matching("^F[A-Z0-9]{8,}$", "must be the id of a file")), Optional("url", Address)],
            node =>
            {
                if (node.Has("id") == node.Has("url"))
                    node.Fail("required", "must provide either id or url");
            }
        );

    /// <summary>The filter of a conversation menu.</summary>
    public static Check ConversationFilter { get; } =
        Object(
            [
                Optional("include", ArrayOf(OneOf("im", "mpim", "private", "public"), 4)),
                Optional("exclude_external_shared_channels", TrueOrFalse),
                Optional("exclude_bot_users", TrueOrFalse),
            ],
            node =>
            {
                if (node.Object!.Count == 0)
                    node.Fail("required", "must provide at least one field");
            }
        );

    private static Check TextObject(int max, params string[] types)
    {
        var plain = Object([Type, Required("text", Text(max, 1)), Optional("emoji", TrueOrFalse)]);
        var markup = Object([Type, Required("text", Text(max, 1)), Optional("verbatim", TrueOrFalse)]);
        return Typed(
            new Dictionary<string, Check>(StringComparer.Ordinal) { ["plain_text"] = plain, ["mrkdwn"] = markup },
            types
        );
    }
}
