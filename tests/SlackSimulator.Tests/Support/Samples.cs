namespace SlackSimulator.Tests.Support;

/// <summary>Views and blocks for the tests.</summary>
internal static class Samples
{
    public static JsonObject With(this JsonObject node, string name, JsonNode? value)
    {
        node[name] = value;
        return node;
    }

    public static JsonObject Plain(string text) => new() { ["type"] = "plain_text", ["text"] = text };

    public static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };

    public static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Markdown(text) };

    public static JsonObject Option(string value, string? text = null) =>
        new() { ["text"] = Plain(text ?? value), ["value"] = value };

    public static JsonArray Options(int count) =>
        [.. Enumerable.Range(0, count).Select(number => Option("v" + number))];

    public static JsonObject Button(string actionId, string value = "1") =>
        new()
        {
            ["type"] = "button",
            ["action_id"] = actionId,
            ["text"] = Plain("Press"),
            ["value"] = value,
        };

    public static JsonObject ActionsBlock(params JsonNode[] elements) =>
        new()
        {
            ["type"] = "actions",
            ["block_id"] = "acts",
            ["elements"] = new JsonArray(elements),
        };

    public static JsonObject Input(string blockId, JsonObject element, bool optional = false) =>
        new()
        {
            ["type"] = "input",
            ["block_id"] = blockId,
            ["label"] = Plain("Label"),
            ["optional"] = optional,
            ["element"] = element,
        };

    public static JsonObject TextInput(string actionId, string? initial = null)
    {
        var element = new JsonObject { ["type"] = "plain_text_input", ["action_id"] = actionId };
        if (initial is not null)
            element["initial_value"] = initial;
        return element;
    }

    public static JsonObject Select(string actionId, params string[] values) =>
        new()
        {
            ["type"] = "static_select",
            ["action_id"] = actionId,
            ["options"] = new JsonArray([.. values.Select(value => (JsonNode)Option(value))]),
        };

    public static JsonObject Modal(string title = "Title", params JsonNode[] blocks) =>
        new()
        {
            ["type"] = "modal",
            ["callback_id"] = "the-modal",
            ["title"] = Plain(title),
            ["submit"] = Plain("Send"),
            ["blocks"] = new JsonArray(blocks.Length > 0 ? blocks : [Input("what", TextInput("text"))]),
        };

    public static JsonObject Home(params JsonNode[] blocks) =>
        new() { ["type"] = "home", ["blocks"] = new JsonArray(blocks) };
}
