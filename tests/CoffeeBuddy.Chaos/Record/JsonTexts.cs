using System.Text.Json;

namespace CoffeeBuddy.Chaos.Record;

internal static class JsonTexts
{
    /// <summary>The text of the property; empty if there is none.</summary>
    public static string Text(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var property)
        && property.ValueKind == JsonValueKind.String
            ? property.GetString()!
            : "";

    /// <summary>
    /// All texts in the element. JSON in a text is parsed too: form-encoded requests have blocks in this way.
    /// </summary>
    public static IEnumerable<string> Texts(this JsonElement element) =>
        element.ValueKind switch
        {
            JsonValueKind.String when element.GetString() is ['[' or '{', ..] json && Parse(json) is { } inner =>
                inner.Texts(),
            JsonValueKind.String => [element.GetString()!],
            JsonValueKind.Object => element.EnumerateObject().SelectMany(property => property.Value.Texts()),
            JsonValueKind.Array => element.EnumerateArray().SelectMany(item => item.Texts()),
            _ => [],
        };

    private static JsonElement? Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
