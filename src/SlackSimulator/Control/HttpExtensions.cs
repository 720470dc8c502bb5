using SlackSimulator.Json;

namespace SlackSimulator.Control;

internal static class HttpExtensions
{
    /// <summary>The request's JSON object; an empty body is an empty object.</summary>
    /// <exception cref="SimError">The body is something else.</exception>
    public static async Task<JsonObject> ReadBodyAsync(this HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
            return [];
        return JsonExtensions.TryParse(text, out var node) && node is JsonObject body
            ? body
            : throw SimError.Bad("invalid_json", "The body must be a JSON object.");
    }

    public static string? Query(this HttpContext context, string name) =>
        context.Request.Query[name].ToString() is { Length: > 0 } value ? value : null;
}
