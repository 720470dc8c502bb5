using SlackSimulator.Json;

namespace SlackSimulator.BlockKit;

/// <summary>The options of an element, from <c>options</c> and <c>option_groups</c>.</summary>
internal static class Options
{
    public static IReadOnlyList<JsonObject> Of(JsonObject element) =>
        [
            .. Items(element["options"]),
            .. (element["option_groups"] as JsonArray ?? [])
                .OfType<JsonObject>()
                .SelectMany(group => Items(group["options"])),
        ];

    public static JsonObject? Find(IReadOnlyList<JsonObject> offered, string value) =>
        offered.FirstOrDefault(option => string.Equals(option["value"].Text(), value, StringComparison.Ordinal));

    public static bool Contains(IReadOnlyList<JsonObject> offered, JsonObject option) =>
        offered.Any(candidate =>
            string.Equals(candidate["value"].Text(), option["value"].Text(), StringComparison.Ordinal)
            && string.Equals(Label(candidate), Label(option), StringComparison.Ordinal)
        );

    private static string? Label(JsonObject option) => option["text"] is JsonObject text ? text["text"].Text() : null;

    private static IEnumerable<JsonObject> Items(JsonNode? node) => (node as JsonArray ?? []).OfType<JsonObject>();
}
