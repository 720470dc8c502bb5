namespace SlackSimulator.BlockKit;

/// <summary>What Slack would take and the simulator does not: said in these words, so that nobody looks for a fault in their app.</summary>
internal static class NotSimulated
{
    /// <summary>Blocks and elements of https://docs.slack.dev/reference/block-kit/ without a rule here.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "alert",
        "call",
        "card",
        "carousel",
        "context_actions",
        "data_table",
        "external_select",
        "feedback_buttons",
        "file",
        "file_input",
        "icon_button",
        "multi_external_select",
        "plan",
        "rich_text_input",
        "table",
        "task_card",
        "url_source",
        "video",
        "workflow_button",
    };

    public static bool Has(string type) => Types.Contains(type);

    public static void Fail(Node node, string what) => node.Fail("not_simulated", $"{what} is not simulated");
}
