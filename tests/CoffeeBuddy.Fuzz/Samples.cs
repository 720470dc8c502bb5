using System.Text.Json.Nodes;

namespace CoffeeBuddy.Fuzz;

/// <summary>
/// Valid payloads to mutate: those of a coffee run, and Slack's documented ones where their files exist.
/// </summary>
internal static class Samples
{
    /// <summary>Whom the samples name; an admin.</summary>
    public const string Person = "U0FUZZ0001";

    private const string Workspace = "T0SIM00001";

    /// <summary>The channels that the samples name.</summary>
    public static IReadOnlyList<string> Channels { get; } = ["C0FUZZ0001", "C0FUZZ0002"];

    public static IReadOnlyList<IReadOnlyList<(string Name, string Value)>> Commands { get; } =
    [
        Command("/coffee", ""),
        Command("/coffee", "help"),
        Command("/coffee", "away"),
        Command("/coffee-history", ""),
        Command("/coffee-cancel", ""),
        .. Shared("slash_command.*.form").Select(Fields),
        .. Envelopes("slash_commands").Select(Members),
    ];

    public static IReadOnlyList<string> Interactions { get; } =
    [
        SlackPayloads.Submission("01890000-0000-7000-8000-000000000001", "C0FUZZ0001", "U0FUZZ0001", "fuzz"),
        Click("order_open"),
        Click("order_usual"),
        Click("order_change"),
        Click("same_as"),
        Click("order_withdraw"),
        Click("guest_withdraw"),
        Click("drink_pin"),
        Click("drink_rename"),
        Click("drink_remove"),
        Click("run_complete"),
        Click("run_volunteer"),
        Click("run_extend"),
        Click("run_choose_now"),
        Click("run_leave"),
        Click("run_back"),
        Click("order_collect"),
        Click("reminder_snooze"),
        Click("run_step_back"),
        Click("run_ask"),
        Click("run_why"),
        Click("run_barista"),
        Click("take_over"),
        Click("take_over_refuse"),
        Click("run_cancel"),
        Click("away_toggle", "away"),
        Click("usual:0"),
        Click("menu_open"),
        Click("menu_edit"),
        .. Shared("block_actions.*.json"),
        .. Shared("view_*.json"),
        .. Envelopes("interactive").Select(payload => payload.ToJsonString()),
    ];

    public static IReadOnlyList<string> Events { get; } =
    [
        Event(
            """{"type":"app_mention","user":"U0FUZZ0001","text":"<@U1> help","ts":"1795480000.000100","channel":"C0FUZZ0001","event_ts":"1795480000.000100"}"""
        ),
        Event(
            """{"type":"message","user":"U0FUZZ0001","text":"large latte","ts":"1795480001.000100","thread_ts":"1795480000.000100","channel":"C0FUZZ0001","event_ts":"1795480001.000100"}"""
        ),
        Event(
            """{"type":"message","subtype":"message_changed","message":{"user":"U0FUZZ0001","text":"large latte","ts":"1795480001.000100","thread_ts":"1795480000.000100"},"channel":"C0FUZZ0001","event_ts":"1795480002.000100"}"""
        ),
        Event(
            """{"type":"app_home_opened","user":"U0FUZZ0001","tab":"home","channel":"D0FUZZ0001","event_ts":"1795480003.000100"}"""
        ),
        """{"type":"url_verification","challenge":"a-challenge","token":"t"}""",
        .. Shared("url_verification.json"),
        .. Envelopes("events_api").Select(payload => payload.ToJsonString()),
    ];

    /// <summary>The data of a run's events in Kafka.</summary>
    public static IReadOnlyList<string> RunEvents { get; } =
    [
        """{"run_id":"01890000-0000-7000-8000-000000000001","workspace_id":"T1","channel_id":"C1"}""",
        """{"run_id":"01890000-0000-7000-8000-000000000001","workspace_id":"T1","channel_id":"C1","user_id":"U1","order_id":"01890000-0000-7000-8000-000000000002","runner_user_id":"U2"}""",
    ];

    public static IReadOnlyList<(string Method, string Path, string Body)> Requests { get; } =
    [
        ("POST", "runs", """{"workspace_id":"T0SIM00001","channel_id":"C0FUZZ0001","user_id":"U0FUZZ0001"}"""),
        (
            "POST",
            "runs/{run}/orders",
            """{"drink_type":"Latte","size":"Large","customizations":["Oat milk"],"note":"hot","user_id":"U0FUZZ0001"}"""
        ),
        ("PATCH", "runs/{run}/complete", """{"user_id":"U0FUZZ0001"}"""),
        ("PATCH", "runs/{run}/cancel", """{"user_id":"U0FUZZ0001"}"""),
    ];

    /// <summary>
    /// Requests with parameters, and those that take an Idempotency-Key. Parts between backquotes are mutated.
    /// </summary>
    public static IReadOnlyList<(string Method, string Path, string? Body)> Asked { get; } =
    [
        ("GET", "runs?channel=`C0FUZZ0001`&status=`active`&limit=`10`", null),
        ("GET", "runs?workspace=`T0SIM00001`", null),
        ("GET", "runs/{run}", null),
        ("GET", "users/`U0FUZZ0001`/preferences", null),
        ("POST", "runs", """{"workspace_id":"T0SIM00001","channel_id":"C0FUZZ0002","user_id":"U0FUZZ0001"}"""),
        ("POST", "runs/{run}/orders", """{"drink_type":"Latte","size":"Large","user_id":"U0FUZZ0001"}"""),
    ];

    private static (string, string)[] Command(string command, string text) =>
        [
            ("team_id", Workspace),
            ("team_domain", "fuzz"),
            ("channel_id", "C0FUZZ0001"),
            ("channel_name", "fuzz"),
            ("user_id", "U0FUZZ0001"),
            ("user_name", "fuzz"),
            ("command", command),
            ("text", text),
            ("trigger_id", "1.2.3"),
            ("api_app_id", "A1"),
            ("is_enterprise_install", "false"),
        ];

    private static string Click(string actionId, string value = "01890000-0000-7000-8000-000000000001") =>
        $$$"""
            {"type":"block_actions","user":{"id":"U0FUZZ0001","name":"fuzz"},"team":{"id":"{{{Workspace}}}"},"trigger_id":"1.2.3",
             "container":{"type":"message","message_ts":"1795480000.000100","channel_id":"C0FUZZ0001"},"channel":{"id":"C0FUZZ0001"},
             "actions":[{"type":"button","action_id":"{{{actionId}}}","block_id":"b","value":"{{{value}}}","action_ts":"1795480001.000200"}]}
            """;

    private static string Event(string slackEvent) =>
        $$"""{"type":"event_callback","team_id":"{{Workspace}}","event_id":"Ev0FUZZ0001","event_time":1795480000,"event":{{slackEvent}}}""";

    private static IReadOnlyList<(string, string)> Fields(string form) =>
        [
            .. form.Trim()
                .Split('&')
                .Select(field => field.Split('=', 2))
                .Select(field => (field[0], Uri.UnescapeDataString(field[1].Replace('+', ' ')))),
        ];

    private static IReadOnlyList<(string, string)> Members(JsonNode payload) =>
        [.. payload.AsObject().Select(member => (member.Key, (string)member.Value!))];

    /// <summary>The payloads in Socket Mode envelopes, which equal those of HTTP.</summary>
    private static IEnumerable<JsonNode> Envelopes(string type) =>
        Shared("socket_envelope.*.json")
            .Select(text => JsonNode.Parse(text)!)
            .Where(envelope => (string?)envelope["type"] == type)
            .Select(envelope => envelope["payload"]!);

    private static IEnumerable<string> Shared(string pattern)
    {
        var folder = Repository.File("..", "shared", "slack", "payloads");
        return Directory.Exists(folder)
            ? Directory.EnumerateFiles(folder, pattern).Order(StringComparer.Ordinal).Select(File.ReadAllText)
            : [];
    }
}
