namespace SlackSimulator.BlockKit;

/// <summary>
/// Blocks and elements that Slack accepts and the simulator does not. The violation says so, because the app is not at
/// fault.
/// </summary>
internal static class NotSimulated
{
    /// <summary>Types in https://docs.slack.dev/reference/block-kit/ that have no rule here.</summary>
    private static readonly HashSet<string> Types = new(StringComparer.Ordinal)
    {
        "alert",
        "call",
        "card",
        "carousel",
        "container",
        "context_actions",
        "data_table",
        "data_visualization",
        "feedback_buttons",
        "file",
        "file_input",
        "icon_button",
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
