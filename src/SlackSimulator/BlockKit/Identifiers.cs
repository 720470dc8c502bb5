using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.BlockKit;

/// <summary>Gives blocks and elements the ids their author left out, as Slack does, so that they can be acted on.</summary>
internal static class Identifiers
{
    public static JsonArray Complete(JsonArray blocks)
    {
        foreach (var block in blocks.OfType<JsonObject>())
        {
            if (block["block_id"].Text() is not { Length: > 0 })
                block["block_id"] = IdSource.Short();
            foreach (var element in Elements.Of(block).Where(element => element["action_id"].Text() is not { Length: > 0 }))
                element["action_id"] = IdSource.Short();
        }

        return blocks;
    }
}

/// <summary>The interactive elements of blocks.</summary>
internal static class Elements
{
    public static IEnumerable<JsonObject> Of(JsonObject block) => block["type"].Text() switch
    {
        "actions" => (block["elements"] as JsonArray ?? []).OfType<JsonObject>(),
        "section" when block["accessory"] is JsonObject accessory && accessory["type"].Text() is not "image" => [accessory],
        "input" when block["element"] is JsonObject element => [element],
        _ => [],
    };

    public static (JsonObject Block, JsonObject Element)? Find(JsonArray blocks, string actionId, string? blockId, string? value = null)
    {
        var found = from block in blocks.OfType<JsonObject>()
                    where blockId is null || string.Equals(block["block_id"].Text(), blockId, StringComparison.Ordinal)
                    from element in Of(block)
                    where string.Equals(element["action_id"].Text(), actionId, StringComparison.Ordinal)
                    select (block, element);
        var all = found.ToList();
        if (all.Count == 0)
            return null;
        // The same action_id may stand in several blocks, told apart by the button's value.
        var exact = all.FindIndex(pair => value is not null && string.Equals(pair.element["value"].Text(), value, StringComparison.Ordinal));
        return all[Math.Max(exact, 0)];
    }
}
