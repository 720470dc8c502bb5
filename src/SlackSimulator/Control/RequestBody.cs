using SlackSimulator.Json;

namespace SlackSimulator.Control;

/// <summary>
/// The JSON object in a request of the simulator's own API. An empty body is an empty object. The content type was
/// checked by <see cref="OriginCheck"/>.
/// </summary>
internal sealed record RequestBody(JsonObject Json)
{
    public JsonNode? this[string name] => Json[name];

    /// <exception cref="SimulatorError">The body is not a JSON object.</exception>
    public static async ValueTask<RequestBody> BindAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        if (string.IsNullOrWhiteSpace(text))
            return new RequestBody([]);
        return JsonExtensions.TryParse(text, out var node) && node is JsonObject body
            ? new RequestBody(body)
            : throw SimulatorError.BadRequest("invalid_json", "The body must be a JSON object.");
    }
}
