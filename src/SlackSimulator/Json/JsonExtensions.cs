using System.Text.Encodings.Web;

namespace SlackSimulator.Json;

/// <summary>What the simulator needs of loosely typed JSON: Slack's payloads are kept as they came.</summary>
internal static class JsonExtensions
{
    private static readonly JsonSerializerOptions Wire = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ToWire(this JsonNode node) => node.ToJsonString(Wire);

    public static JsonElement ToElement(this JsonNode node)
    {
        using var document = JsonDocument.Parse(node.ToWire());
        return document.RootElement.Clone();
    }

    /// <summary>The string this node is, or null when it is anything else.</summary>
    public static string? Text(this JsonNode? node) =>
        node is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    /// <summary>A string or a number, as text; null for anything else.</summary>
    public static string? Scalar(this JsonNode? node) =>
        node?.GetValueKind() switch
        {
            JsonValueKind.String => node.GetValue<string>(),
            JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => node.ToJsonString(),
            _ => null,
        };

    /// <summary>True for JSON true and for the forms' <c>true</c> and <c>1</c>.</summary>
    public static bool IsTrue(this JsonNode? node) => node.Scalar() is "true" or "1" or "True";

    public static JsonObject Clone(this JsonObject node) => node.DeepClone().AsObject();

    public static JsonArray Clone(this JsonArray node) => node.DeepClone().AsArray();

    public static JsonArray ToJsonArray(this IEnumerable<JsonNode?> nodes) => [.. nodes];

    public static JsonArray ToJsonArray(this IEnumerable<string> texts) =>
        [.. texts.Select(text => JsonValue.Create(text))];

    /// <summary>Parses text to a node; false when it is not JSON.</summary>
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

    /// <summary>JSON when the text is JSON, else the text itself: how bodies are shown in the traffic.</summary>
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
