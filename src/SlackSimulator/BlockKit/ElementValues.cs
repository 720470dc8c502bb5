using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>
/// For each element type: the name of its value in <c>state.values</c>, its initial value, and the value for a person's
/// choice.
/// </summary>
internal static class ElementValues
{
    private enum Form
    {
        Text,
        Option,
        Options,
        Id,
        Ids,
        Seconds,
    }

    private sealed record Shape(string Property, string Initial, Form Form);

    private static readonly Dictionary<string, Shape> ByType = new(StringComparer.Ordinal)
    {
        ["plain_text_input"] = new("value", "initial_value", Form.Text),
        ["number_input"] = new("value", "initial_value", Form.Text),
        ["email_text_input"] = new("value", "initial_value", Form.Text),
        ["url_text_input"] = new("value", "initial_value", Form.Text),
        ["static_select"] = new("selected_option", "initial_option", Form.Option),
        ["external_select"] = new("selected_option", "initial_option", Form.Option),
        ["multi_external_select"] = new("selected_options", "initial_options", Form.Options),
        ["radio_buttons"] = new("selected_option", "initial_option", Form.Option),
        ["multi_static_select"] = new("selected_options", "initial_options", Form.Options),
        ["checkboxes"] = new("selected_options", "initial_options", Form.Options),
        ["users_select"] = new("selected_user", "initial_user", Form.Id),
        ["channels_select"] = new("selected_channel", "initial_channel", Form.Id),
        ["conversations_select"] = new("selected_conversation", "initial_conversation", Form.Id),
        ["multi_users_select"] = new("selected_users", "initial_users", Form.Ids),
        ["multi_channels_select"] = new("selected_channels", "initial_channels", Form.Ids),
        ["multi_conversations_select"] = new("selected_conversations", "initial_conversations", Form.Ids),
        ["datepicker"] = new("selected_date", "initial_date", Form.Id),
        ["timepicker"] = new("selected_time", "initial_time", Form.Id),
        ["datetimepicker"] = new("selected_date_time", "initial_date_time", Form.Seconds),
    };

    /// <summary>Whether the element has a value. Buttons and overflow menus have none.</summary>
    public static bool KeepsState(JsonObject element) => element["type"].Text() is { } type && ByType.ContainsKey(type);

    /// <param name="here">The conversation where the view was opened, for
    /// <c>default_to_current_conversation</c>.</param>
    public static JsonObject Initial(JsonObject element, string? here = null)
    {
        var shape = ByType[element["type"].Text()!];
        var start = element[shape.Initial]?.DeepClone();
        // An initial value from the app has priority.
        if (start is null && here is not null && element["default_to_current_conversation"].IsTrue())
            start = shape.Form == Form.Ids ? new JsonArray(here) : here;
        if (start is null && shape.Form is Form.Options or Form.Ids)
            start ??= new JsonArray();
        return new JsonObject { ["type"] = element["type"].Text(), [shape.Property] = start };
    }

    public static JsonNode? Chosen(JsonObject state) => state[ByType[state["type"].Text()!].Property];

    public static bool IsEmpty(JsonObject state) =>
        Chosen(state) switch
        {
            null => true,
            JsonArray array => array.Count == 0,
            var value => value.Text() is "",
        };

    /// <summary>The element's state for a choice.</summary>
    /// <param name="choice"><c>{property: value}</c>, or the value alone.</param>
    /// <param name="offered">The options of the element; for an external menu those that the app has returned.</param>
    /// <exception cref="SimulatorError">The choice is not one of the element's options, or has the wrong
    /// type.</exception>
    public static JsonObject Choose(JsonObject element, JsonNode? choice, IReadOnlyList<JsonObject> offered)
    {
        var type = element["type"].Text()!;
        if (!ByType.TryGetValue(type, out var shape))
            throw SimulatorError.BadRequest("no_value", $"A {type} takes no value.");
        if (choice is JsonObject given && given.ContainsKey(shape.Property))
            choice = given[shape.Property];
        else if (choice is JsonObject other && shape.Form is not Form.Option)
            throw SimulatorError.BadRequest(
                "invalid_value",
                $"A {type} has {shape.Property}, not {string.Join(", ", other.Select(property => property.Key))}."
            );

        JsonNode? value = shape.Form switch
        {
            _ when choice is null => shape.Form is Form.Options or Form.Ids ? new JsonArray() : null,
            Form.Option => Option(element, choice, offered),
            Form.Options => Items(choice).Select(item => (JsonNode?)Option(element, item, offered)).ToJsonArray(),
            Form.Ids => Items(choice).Select(item => item?.DeepClone()).ToJsonArray(),
            Form.Seconds => choice.DeepClone(),
            _ => choice.Scalar() is { Length: > 0 } text ? JsonValue.Create(text) : null,
        };
        return new JsonObject { ["type"] = type, [shape.Property] = value };
    }

    private static IEnumerable<JsonNode?> Items(JsonNode choice) =>
        choice as JsonArray ?? throw SimulatorError.BadRequest("invalid_value", "A list of values must be an array.");

    private static JsonObject Option(JsonObject element, JsonNode? choice, IReadOnlyList<JsonObject> offered)
    {
        var value = choice is JsonObject option ? option["value"].Text() : choice.Scalar();
        return Options.Find(offered, value ?? "")?.Clone()
            ?? throw SimulatorError.BadRequest(
                "option_not_found",
                $"{element["action_id"].Text()} offers no option {value}."
            );
    }
}
