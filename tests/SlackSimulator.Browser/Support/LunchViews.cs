namespace SlackSimulator.Browser.Support;

/// <summary>The lunch app's views and messages.</summary>
internal static class LunchViews
{
    /// <summary>An invalid modal: its title is longer than 24 characters.</summary>
    public static JsonObject TooLong =>
        new()
        {
            ["type"] = "modal",
            ["title"] = Plain("A title that is longer than Slack allows"),
            ["blocks"] = new JsonArray(Section("Never seen")),
        };

    public static JsonObject Details =>
        new()
        {
            ["type"] = "modal",
            ["callback_id"] = "details",
            ["title"] = Plain("About the menu"),
            ["close"] = Plain("Back to lunch"),
            ["blocks"] = new JsonArray(Section("Everything is *fresh*.")),
        };

    /// <summary>The order modal, with every kind of input.</summary>
    public static JsonObject Order(string channel) =>
        new()
        {
            ["type"] = "modal",
            ["callback_id"] = "lunch",
            ["private_metadata"] = channel,
            ["title"] = Plain("Order lunch"),
            ["submit"] = Plain("Order"),
            ["close"] = Plain("Not now"),
            ["blocks"] = new JsonArray(
                SectionWith("What would you like? _Kitchen closes at two._", Button("more", "About the menu")),
                Input(
                    "dish",
                    "Dish",
                    new()
                    {
                        ["type"] = "plain_text_input",
                        ["action_id"] = "dish",
                        ["placeholder"] = Plain("Soup of the day"),
                    },
                    hint: "As it is on the menu"
                ),
                Input(
                    "notes",
                    "Notes",
                    new()
                    {
                        ["type"] = "plain_text_input",
                        ["action_id"] = "notes",
                        ["multiline"] = true,
                        ["initial_value"] = "no onions",
                    },
                    optional: true
                ),
                Input(
                    "pieces",
                    "Pieces",
                    new()
                    {
                        ["type"] = "number_input",
                        ["action_id"] = "pieces",
                        ["is_decimal_allowed"] = false,
                        ["min_value"] = "1",
                        ["max_value"] = "9",
                        ["initial_value"] = "1",
                    }
                ),
                Input(
                    "mail",
                    "Receipt to",
                    new() { ["type"] = "email_text_input", ["action_id"] = "mail" },
                    optional: true
                ),
                Input("link", "Recipe", new() { ["type"] = "url_text_input", ["action_id"] = "link" }, optional: true),
                Input(
                    "kitchen",
                    "Kitchen",
                    new()
                    {
                        ["type"] = "static_select",
                        ["action_id"] = "kitchen",
                        ["option_groups"] = new JsonArray(
                            new JsonObject { ["label"] = Plain("Near"), ["options"] = Options("canteen", "bakery") },
                            new JsonObject { ["label"] = Plain("Far"), ["options"] = Options("harbour") }
                        ),
                        ["initial_option"] = Option("canteen"),
                    }
                ),
                Input(
                    "extras",
                    "Extras",
                    new()
                    {
                        ["type"] = "multi_static_select",
                        ["action_id"] = "extras",
                        ["options"] = Options("bread", "salad", "fruit"),
                        ["initial_options"] = Options("bread"),
                    },
                    optional: true
                ),
                Input(
                    "spice",
                    "Spice",
                    new()
                    {
                        ["type"] = "radio_buttons",
                        ["action_id"] = "spice",
                        ["options"] = Options("mild", "hot"),
                        ["initial_option"] = Option("mild"),
                    }
                ),
                Input(
                    "pack",
                    "Packing",
                    new()
                    {
                        ["type"] = "checkboxes",
                        ["action_id"] = "pack",
                        ["options"] = new JsonArray(Option("box", "In your own box"), Option("fork")),
                    },
                    optional: true
                ),
                Input(
                    "day",
                    "Day",
                    new()
                    {
                        ["type"] = "datepicker",
                        ["action_id"] = "day",
                        ["initial_date"] = "2030-05-06",
                    }
                ),
                Input(
                    "hour",
                    "Hour",
                    new()
                    {
                        ["type"] = "timepicker",
                        ["action_id"] = "hour",
                        ["initial_time"] = "12:30",
                    }
                ),
                Input(
                    "until",
                    "Not after",
                    new()
                    {
                        ["type"] = "datetimepicker",
                        ["action_id"] = "until",
                        ["initial_date_time"] = 1_900_000_800,
                    }
                ),
                Input(
                    "payer",
                    "Who pays",
                    new() { ["type"] = "users_select", ["action_id"] = "payer" },
                    optional: true
                ),
                Input(
                    "guests",
                    "Guests",
                    new() { ["type"] = "multi_users_select", ["action_id"] = "guests" },
                    optional: true
                ),
                Input("room", "Room", new() { ["type"] = "channels_select", ["action_id"] = "room" }, optional: true),
                new JsonObject
                {
                    ["type"] = "actions",
                    ["elements"] = new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "static_select",
                            ["action_id"] = "size",
                            ["placeholder"] = Plain("Portion"),
                            ["options"] = Options("small", "large"),
                        }
                    ),
                }
            ),
        };

    /// <summary>The order modal after a portion was chosen.</summary>
    public static JsonObject Resized(JsonNode view, string size)
    {
        var updated = Order(view["private_metadata"]!.GetValue<string>());
        updated["blocks"]!
            .AsArray()
            .Add(
                new JsonObject
                {
                    ["type"] = "context",
                    ["block_id"] = "chosen",
                    ["elements"] = new JsonArray(Markdown($"A *{size}* portion")),
                }
            );
        return new JsonObject { ["view_id"] = view["id"]!.DeepClone(), ["view"] = updated };
    }

    public static JsonObject Posted(string channel, string user, JsonObject values)
    {
        var dish = values["dish"]!["dish"]!["value"]!.GetValue<string>();
        var kitchen = values["kitchen"]!["kitchen"]!["selected_option"]!["value"]!.GetValue<string>();
        return new JsonObject
        {
            ["channel"] = channel,
            ["text"] = $"Lunch by <@{user}>: {dish}",
            ["blocks"] = new JsonArray(
                new JsonObject { ["type"] = "header", ["text"] = Plain(":pizza: Lunch is on") },
                SectionWith(
                    $"<@{user}> wants *{dish}* and ~nothing else~.\n> Only `today` in <#C0GENERAL0|general>, see <https://example.com/menu|the menu>",
                    new()
                    {
                        ["type"] = "overflow",
                        ["action_id"] = "menu",
                        ["options"] = Options("rename", "archive"),
                    }
                ),
                new JsonObject
                {
                    ["type"] = "section",
                    ["fields"] = new JsonArray(
                        Markdown("*Kitchen*\n" + kitchen),
                        Markdown("*Closes*\n<!date^1900000800^{date_short} at {time}|later>")
                    ),
                },
                new JsonObject { ["type"] = "divider" },
                new JsonObject
                {
                    ["type"] = "context",
                    ["block_id"] = "eaters",
                    ["elements"] = new JsonArray(
                        Markdown(":busts_in_silhouette: Nobody has joined yet :unknown_emoji:")
                    ),
                },
                new JsonObject
                {
                    ["type"] = "actions",
                    ["block_id"] = "acts",
                    ["elements"] = new JsonArray(
                        Button("join", "Join", "primary"),
                        Button("cancel", "Cancel lunch", "danger", Confirm),
                        Button("stuck", "Ask the cook"),
                        new JsonObject
                        {
                            ["type"] = "static_select",
                            ["action_id"] = "when",
                            ["placeholder"] = Plain("When"),
                            ["options"] = Options("now", "later"),
                        }
                    ),
                }
            ),
        };
    }

    public static JsonObject Joined(JsonNode channel, JsonNode message, string user)
    {
        var blocks = message["blocks"]!.DeepClone().AsArray();
        blocks.Single(block => (string?)block!["block_id"] is "eaters")!["elements"] = new JsonArray(
            Markdown($"Joined by <@{user}>")
        );
        return new JsonObject
        {
            ["channel"] = channel.DeepClone(),
            ["ts"] = message["ts"]!.DeepClone(),
            ["text"] = "Lunch, joined",
            ["blocks"] = blocks,
        };
    }

    public static JsonObject Home(string user, string title) =>
        new()
        {
            ["user_id"] = user,
            ["view"] = new JsonObject
            {
                ["type"] = "home",
                ["blocks"] = new JsonArray(
                    new JsonObject { ["type"] = "header", ["text"] = Plain(title) },
                    Section($"Hello <@{user}>, nothing is cooking."),
                    new JsonObject
                    {
                        ["type"] = "actions",
                        ["block_id"] = "home",
                        ["elements"] = new JsonArray(Button("refresh", "Refresh")),
                    }
                ),
            },
        };

    public static JsonObject Section(string text) => new() { ["type"] = "section", ["text"] = Markdown(text) };

    private static JsonObject Confirm =>
        new()
        {
            ["title"] = Plain("Cancel lunch?"),
            ["text"] = Markdown("Everybody goes *hungry*."),
            ["confirm"] = Plain("Cancel it"),
            ["deny"] = Plain("Keep it"),
            ["style"] = "danger",
        };

    private static JsonObject SectionWith(string text, JsonObject accessory) =>
        new()
        {
            ["type"] = "section",
            ["text"] = Markdown(text),
            ["accessory"] = accessory,
        };

    private static JsonObject Input(
        string blockId,
        string label,
        JsonObject element,
        bool optional = false,
        string? hint = null
    )
    {
        var block = new JsonObject
        {
            ["type"] = "input",
            ["block_id"] = blockId,
            ["label"] = Plain(label),
            ["element"] = element,
            ["optional"] = optional,
        };
        if (hint is not null)
            block["hint"] = Plain(hint);
        return block;
    }

    private static JsonObject Button(string actionId, string text, string? style = null, JsonObject? confirm = null)
    {
        var button = new JsonObject
        {
            ["type"] = "button",
            ["action_id"] = actionId,
            ["text"] = Plain(text),
            ["value"] = actionId,
        };
        if (style is not null)
            button["style"] = style;
        if (confirm is not null)
            button["confirm"] = confirm;
        return button;
    }

    private static JsonArray Options(params string[] values) =>
        new([.. values.Select(value => (JsonNode)Option(value))]);

    private static JsonObject Option(string value, string? text = null) =>
        new() { ["text"] = Plain(text ?? char.ToUpperInvariant(value[0]) + value[1..]), ["value"] = value };

    private static JsonObject Plain(string text) =>
        new()
        {
            ["type"] = "plain_text",
            ["text"] = text,
            ["emoji"] = true,
        };

    private static JsonObject Markdown(string text) => new() { ["type"] = "mrkdwn", ["text"] = text };

    /// <summary>The dishes that begin with what was typed.</summary>
    public static JsonObject Suggestions(string typed) =>
        new()
        {
            ["options"] = new JsonArray([
                .. ((string[])["Soup", "Salad"])
                    .Where(dish => dish.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                    .Select(dish =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = dish },
                                ["value"] = dish,
                            }
                    ),
            ]),
        };
}
