using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.BlockKit;

/// <summary>Adds the block_ids and action_ids that the app left out, as Slack does.</summary>
internal static class Identifiers
{
    /// <summary>Adds missing ids to <paramref name="blocks"/> in place.</summary>
    /// <param name="before">The blocks that these replace. A block or element of the same type at the same position
    /// keeps its id, and so its value.</param>
    public static JsonArray Complete(JsonArray blocks, JsonArray? before = null)
    {
        var taken = blocks
            .OfType<JsonObject>()
            .Select(block => block["block_id"].Text())
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        for (var index = 0; index < blocks.Count; index++)
        {
            var block = blocks[index]!.AsObject();
            var old = Alike(block, index < before?.Count ? before[index] : null);
            if (block["block_id"].Text() is not { Length: > 0 })
                block["block_id"] = old?["block_id"].Text() is { } id && taken.Add(id) ? id : IdSource.Short();
            Complete([.. Elements.Of(block)], old is null ? [] : [.. Elements.Of(old)]);
        }

        return blocks;
    }

    private static void Complete(List<JsonObject> elements, List<JsonObject> before)
    {
        var taken = elements
            .Select(element => element["action_id"].Text())
            .OfType<string>()
            .ToHashSet(StringComparer.Ordinal);
        for (var index = 0; index < elements.Count; index++)
        {
            if (elements[index]["action_id"].Text() is { Length: > 0 })
                continue;
            var old = Alike(elements[index], before.ElementAtOrDefault(index));
            elements[index]["action_id"] = old?["action_id"].Text() is { } id && taken.Add(id) ? id : IdSource.Short();
        }
    }

    private static JsonObject? Alike(JsonObject now, JsonNode? before) =>
        before is JsonObject old && string.Equals(old["type"].Text(), now["type"].Text(), StringComparison.Ordinal)
            ? old
            : null;
}

/// <summary>The interactive elements of blocks.</summary>
internal static class Elements
{
    public static IEnumerable<JsonObject> Of(JsonObject block) =>
        block["type"].Text() switch
        {
            "actions" => (block["elements"] as JsonArray ?? []).OfType<JsonObject>(),
            "section" when block["accessory"] is JsonObject accessory && accessory["type"].Text() is not "image" =>
            [
                accessory,
            ],
            "input" when block["element"] is JsonObject element => [element],
            _ => [],
        };

    public static (JsonObject Block, JsonObject Element)? Find(
        JsonArray blocks,
        string actionId,
        string? blockId,
        string? value = null
    )
    {
        var found =
            from block in blocks.OfType<JsonObject>()
            where blockId is null || string.Equals(block["block_id"].Text(), blockId, StringComparison.Ordinal)
            from element in Of(block)
            where string.Equals(element["action_id"].Text(), actionId, StringComparison.Ordinal)
            select (block, element);
        var all = found.ToList();
        if (all.Count == 0)
            return null;
        // Several blocks can have the same action_id; the button's value then decides.
        var exact = all.FindIndex(pair =>
            value is not null && string.Equals(pair.element["value"].Text(), value, StringComparison.Ordinal)
        );
        return all[Math.Max(exact, 0)];
    }
}
