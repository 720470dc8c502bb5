using System.Text.Encodings.Web;

namespace SlackSimulator.Json;

/// <summary>
/// Reads and writes JSON nodes. Slack's payloads have no types here, so that they are kept as they were received.
/// </summary>
internal static class JsonExtensions
{
    private static readonly JsonSerializerOptions Wire = new() { Encoder = Encoder };

    /// <summary>Writes characters such as <c>é</c> and <c>&lt;</c> unescaped, as Slack does.</summary>
    public static JavaScriptEncoder Encoder => JavaScriptEncoder.UnsafeRelaxedJsonEscaping;

    public static string ToWire(this JsonNode node) => node.ToJsonString(Wire);

    public static JsonElement ToElement(this JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToWire());
        return document.RootElement.Clone();
    }

    /// <summary>The value of a JSON string; null for any other node.</summary>
    public static string? Text(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A string, number or boolean as text; null for any other node.</summary>
    public static string? Scalar(this JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
            _ => null,
        };

    /// <summary>True for JSON <c>true</c>, and for <c>true</c> and <c>1</c> in forms.</summary>
    public static bool IsTrue(this JsonNode? node) => node.Scalar() is "true" or "1" or "True";

    /// <summary>Sets a property and returns the object.</summary>
    public static JsonObject With(this JsonObject node, string name, JsonNode? value)
    {
        node[name] = value;
        return node;
    }

    public static JsonObject Clone(this JsonObject node) => node.DeepClone().AsObject();

    public static JsonArray Clone(this JsonArray node) => node.DeepClone().AsArray();

    public static JsonArray ToJsonArray(this IEnumerable<JsonNode?> nodes) => [.. nodes];

    public static JsonArray ToJsonArray(this IEnumerable<string> texts) =>
        [.. texts.Select(text => JsonValue.Create(text))];

    /// <summary>Parses JSON; false when the text is no JSON, or has a property twice.</summary>
    public static bool TryParse(string text, out JsonNode? node)
    {
        node = null;
        try
        {
            node = JsonNode.Parse(text, null, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>The parsed text, or the text itself when it is no JSON: bodies as the traffic shows them.</summary>
    public static JsonNode? ParseOrText(string text) =>
        text.Length == 0 ? null
        : TryParse(text, out var node) ? node
        : JsonValue.Create(text);

    public static async Task WriteJsonAsync(
        this HttpContext context,
        JsonNode body,
        int status = StatusCodes.Status200OK
    )
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json; charset=utf-8";
        await context.Response.WriteAsync(body.ToWire(), context.RequestAborted);
    }
}
