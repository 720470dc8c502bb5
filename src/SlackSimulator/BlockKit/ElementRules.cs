using static SlackSimulator.BlockKit.Checks;
using static SlackSimulator.BlockKit.CompositionRules;
using static SlackSimulator.BlockKit.ElementRelations;

namespace SlackSimulator.BlockKit;

/// <summary>The fields of each interactive element and their limits (https://docs.slack.dev/reference/block-kit/block-elements/).</summary>
internal static class ElementRules
{
    private static readonly Check IdOfUser = Text(255, 1);

    /// <summary>The fields of every interactive element.</summary>
    private static readonly Field[] Common =
    [
        Required("type", Anything),
        Optional("action_id", Text(255)),
        Optional("focus_on_load", FocusedOnce),
    ];

    private static readonly Field Placeholder = Optional("placeholder", PlainText(150));

    private static readonly Field Confirmation = Optional("confirm", Confirm);

    private static readonly Field[] MenuOptions =
    [
        Optional("options", ArrayOf(MenuOption, 100)),
        Optional("option_groups", ArrayOf(OptionGroup, 100)),
    ];

    private static readonly Field MinQueryLength = Optional("min_query_length", Number(0, 1000));

    private static readonly Field MaxSelected = Optional("max_selected_items", Number(1, 100));

    /// <summary>
    /// The rules by element type. <see cref="NotSimulated"/> lists the types of Slack that have no rule.
    /// </summary>
    public static IReadOnlyDictionary<string, Check> ByType { get; } =
        new Dictionary<string, Check>(StringComparer.Ordinal)
        {
            ["button"] = Element([
                Required("text", PlainText(75)),
                Optional("url", Address),
                Optional("value", Text(2000)),
                Optional("style", OneOf("primary", "danger")),
                Optional("accessibility_label", Text(75)),
                Confirmation,
            ]),
            ["static_select"] = Element(
                [Placeholder, Confirmation, .. MenuOptions, Optional("initial_option", MenuOption)],
                OptionsOnce,
                InitialOffered
            ),
            ["multi_static_select"] = Element(
                [
                    Placeholder,
                    Confirmation,
                    .. MenuOptions,
                    MaxSelected,
                    Optional("initial_options", ArrayOf(MenuOption, 100)),
                ],
                OptionsOnce,
                InitialOffered
            ),
            ["external_select"] = Element([
                Placeholder,
                Confirmation,
                MinQueryLength,
                Optional("initial_option", MenuOption),
            ]),
            ["multi_external_select"] = Element([
                Placeholder,
                Confirmation,
                MinQueryLength,
                MaxSelected,
                Optional("initial_options", ArrayOf(MenuOption, 100)),
            ]),
            ["users_select"] = Picker("initial_user"),
            ["channels_select"] = Picker("initial_channel"),
            ["conversations_select"] = Picker(
                "initial_conversation",
                Optional("default_to_current_conversation", TrueOrFalse),
                Optional("filter", ConversationFilter)
            ),
            ["multi_users_select"] = MultiPicker("initial_users"),
            ["multi_channels_select"] = MultiPicker("initial_channels"),
            ["multi_conversations_select"] = MultiPicker(
                "initial_conversations",
                Optional("default_to_current_conversation", TrueOrFalse),
                Optional("filter", ConversationFilter)
            ),
            ["datepicker"] = Element([Placeholder, Confirmation, Optional("initial_date", Date)]),
            ["timepicker"] = Element([
                Placeholder,
                Confirmation,
                Optional("initial_time", Time),
                Optional("timezone", Text(255)),
            ]),
            ["datetimepicker"] = Element([Confirmation, Optional("initial_date_time", Instant)]),
            ["checkboxes"] = Element(
                [
                    Confirmation,
                    Required("options", ArrayOf(BoxOption, 10)),
                    Optional("initial_options", ArrayOf(BoxOption, 10)),
                ],
                InitialOffered
            ),
            ["radio_buttons"] = Element(
                [Confirmation, Required("options", ArrayOf(BoxOption, 10)), Optional("initial_option", BoxOption)],
                InitialOffered
            ),
            ["overflow"] = Element([Confirmation, Required("options", ArrayOf(OverflowOption, 5))]),
            ["plain_text_input"] = Element(
                [
                    Placeholder,
                    Optional("initial_value", Text(3000)),
                    Optional("multiline", TrueOrFalse),
                    Optional("min_length", Number(0, 3000)),
                    Optional("max_length", Number(1, 3000)),
                    Optional("dispatch_action_config", DispatchConfig),
                ],
                LengthsInOrder
            ),
            ["number_input"] = Element(
                [
                    Placeholder,
                    Required("is_decimal_allowed", TrueOrFalse),
                    Optional("initial_value", DecimalText),
                    Optional("min_value", DecimalText),
                    Optional("max_value", DecimalText),
                    Optional("dispatch_action_config", DispatchConfig),
                ],
                NumbersInOrder
            ),
            ["email_text_input"] = Element([
                Placeholder,
                Optional("initial_value", Text(3000)),
                Optional("dispatch_action_config", DispatchConfig),
            ]),
            ["url_text_input"] = Element([
                Placeholder,
                Optional("initial_value", Address),
                Optional("dispatch_action_config", DispatchConfig),
            ]),
        };

    public static IReadOnlyList<string> InActions { get; } =
    [
        "button",
        "external_select",
        "multi_external_select",
        "static_select",
        "users_select",
        "channels_select",
        "conversations_select",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
        "overflow",
        "multi_static_select",
        "multi_users_select",
        "multi_channels_select",
        "multi_conversations_select",
    ];

    public static IReadOnlyList<string> InSection { get; } =
    [
        "button",
        "external_select",
        "multi_external_select",
        "static_select",
        "multi_static_select",
        "users_select",
        "channels_select",
        "conversations_select",
        "multi_users_select",
        "multi_channels_select",
        "multi_conversations_select",
        "datepicker",
        "timepicker",
        "checkboxes",
        "radio_buttons",
        "overflow",
    ];

    public static IReadOnlyList<string> InInput { get; } =
    [
        "plain_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "external_select",
        "multi_external_select",
        "static_select",
        "multi_static_select",
        "users_select",
        "channels_select",
        "conversations_select",
        "multi_users_select",
        "multi_channels_select",
        "multi_conversations_select",
        "datepicker",
        "timepicker",
        "datetimepicker",
        "checkboxes",
        "radio_buttons",
    ];

    private static Check DispatchConfig =>
        Object([Required("trigger_actions_on", ArrayOf(OneOf("on_enter_pressed", "on_character_entered"), 2))]);

    private static Check Element(Field[] own, params Check[] between) => Object([.. Common, .. own], between);

    private static Check Picker(string initial, params Field[] more) =>
        Element([
            Placeholder,
            Confirmation,
            Optional(initial, IdOfUser),
            Optional("response_url_enabled", TrueOrFalse),
            .. more,
        ]);

    private static Check MultiPicker(string initial, params Field[] more) =>
        Element([Placeholder, Confirmation, MaxSelected, Optional(initial, ArrayOf(IdOfUser, 100)), .. more]);
}
