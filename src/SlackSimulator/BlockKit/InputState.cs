using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>The values of the inputs in a view or message: Slack's <c>state.values</c>.</summary>
internal sealed class InputState
{
    private readonly Dictionary<(string Block, string Action), JsonObject> _values = [];

    /// <summary>By input, the options that the app has returned for an external menu.</summary>
    private readonly Dictionary<(string Block, string Action), List<JsonObject>> _offered = [];

    /// <summary>
    /// The initial values of blocks. An input keeps its value from <paramref name="before"/> when its ids and type are
    /// unchanged.
    /// </summary>
    /// <param name="before">The values of the blocks that these replace.</param>
    /// <param name="here">The conversation where the view was opened, for
    /// <c>default_to_current_conversation</c>.</param>
    public static InputState Of(JsonArray blocks, InputState? before = null, string? here = null)
    {
        var state = new InputState();
        foreach (var (block, element) in Stateful(blocks))
        {
            var key = Key(block, element);
            var kept = before?._values.GetValueOrDefault(key);
            if (before?._offered.GetValueOrDefault(key) is { } offered)
                state._offered[key] = offered;
            state._values[key] =
                kept is not null && string.Equals(kept["type"].Text(), element["type"].Text(), StringComparison.Ordinal)
                    ? kept.Clone()
                    : ElementValues.Initial(element, here);
        }

        return state;
    }

    public void Set(JsonObject block, JsonObject element, JsonNode? choice) =>
        _values[Key(block, element)] = ElementValues.Choose(element, choice, Offered(block, element));

    /// <summary>Adds options that the app has returned for an external menu.</summary>
    public void Offer(JsonObject block, JsonObject element, IEnumerable<JsonObject> options)
    {
        var key = Key(block, element);
        if (!_offered.TryGetValue(key, out var known))
            _offered[key] = known = [];
        known.InsertRange(0, options);
    }

    /// <summary>Sets several values: <c>{block_id: {action_id: value}}</c>.</summary>
    /// <exception cref="SimulatorError">There is no such input, or the value is not one of its options.</exception>
    public void Fill(JsonArray blocks, JsonObject? values)
    {
        foreach (var (blockId, actions) in values ?? [])
        {
            foreach (
                var (actionId, choice) in actions as JsonObject
                    ?? throw SimulatorError.BadRequest("invalid_values", "values is {block_id: {action_id: value}}.")
            )
            {
                var (block, element) =
                    Elements.Find(blocks, actionId, blockId)
                    ?? throw SimulatorError.NotFound("input", $"{blockId}/{actionId}");
                Set(block, element, choice);
            }
        }
    }

    public JsonObject Get(JsonObject block, JsonObject element) => _values[Key(block, element)].Clone();

    public JsonObject ToJson()
    {
        var values = new JsonObject();
        foreach (var ((block, action), value) in _values)
        {
            if (values[block] is not JsonObject inBlock)
                values[block] = inBlock = [];
            inBlock[action] = value.Clone();
        }

        return new JsonObject { ["values"] = values };
    }

    private IReadOnlyList<JsonObject> Offered(JsonObject block, JsonObject element) =>
        element["type"].Text() is not ("external_select" or "multi_external_select")
            ? Options.Of(element)
            :
            [
                .. _offered.GetValueOrDefault(Key(block, element)) ?? [],
                .. Initial(element["initial_option"]),
                .. Initial(element["initial_options"]),
            ];

    private static IEnumerable<JsonObject> Initial(JsonNode? node) =>
        node switch
        {
            JsonObject option => [option],
            JsonArray options => options.OfType<JsonObject>(),
            _ => [],
        };

    private static (string, string) Key(JsonObject block, JsonObject element) =>
        (block["block_id"].Text()!, element["action_id"].Text()!);

    private static IEnumerable<(JsonObject Block, JsonObject Element)> Stateful(JsonArray blocks) =>
        from block in blocks.OfType<JsonObject>()
        from element in Elements.Of(block)
        where ElementValues.KeepsState(element)
        select (block, element);
}
