using System.Text;
using Microsoft.Extensions.Primitives;
using SlackSimulator.Json;

namespace SlackSimulator.WebApi;

/// <summary>
/// Reads a call's arguments from the query, a form or a JSON body, and its token from the header or a form. Slack
/// ignores a token in JSON.
/// </summary>
internal static class ArgumentReader
{
    /// <returns>The call, and Slack's error code when the body cannot be read.</returns>
    public static async Task<(MethodCall Call, string? Unreadable)> ReadAsync(HttpRequest request, string method)
    {
        var arguments = new JsonObject();
        Take(arguments, request.Query);
        var isJson = false;
        string? unreadable = null;
        if (request.ContentType?.StartsWith("application/json", StringComparison.OrdinalIgnoreCase) is true)
        {
            using var reader = new StreamReader(request.Body);
            var body = await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
            // Slack's SDK for Python sends this content type also with an empty body, which has no arguments.
            if (!string.IsNullOrWhiteSpace(body))
                (isJson, unreadable) = TakeJson(arguments, body);
        }
        else if (request.HasFormContentType)
        {
            Take(arguments, await request.ReadFormAsync(request.HttpContext.RequestAborted));
        }
        else if (request.ContentLength > 0)
        {
            unreadable = "invalid_post_type";
        }

        TakeClient(arguments, request);
        return (new MethodCall(method, arguments, Token(request, arguments, isJson), isJson), unreadable);
    }

    private static (bool IsJson, string? Unreadable) TakeJson(JsonObject arguments, string body)
    {
        if (!JsonExtensions.TryParse(body, out var parsed))
            return (true, "invalid_json");
        if (parsed is not JsonObject given)
            return (true, "json_not_object");
        foreach (var (name, value) in given)
            arguments[name] = value?.DeepClone();
        return (given.Count > 0, null);
    }

    private static void Take(JsonObject arguments, IEnumerable<KeyValuePair<string, StringValues>> values)
    {
        foreach (var (name, value) in values)
            arguments[name] = value.ToString();
    }

    /// <summary>Reads <c>client_id</c> and <c>client_secret</c> from HTTP Basic authentication.</summary>
    private static void TakeClient(JsonObject arguments, HttpRequest request)
    {
        var bytes = new byte[1024];
        if (
            request.Headers.Authorization.ToString() is { } header
            && header.StartsWith("Basic ", StringComparison.OrdinalIgnoreCase)
            && Convert.TryFromBase64String(header[6..].Trim(), bytes, out var length)
            && Encoding.UTF8.GetString(bytes, 0, length).Split(':', 2) is [var id, var secret]
        )
            (arguments["client_id"], arguments["client_secret"]) = (id, secret);
    }

    private static string? Token(HttpRequest request, JsonObject arguments, bool isJson)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase))
            return header[7..].Trim();
        return isJson ? null : arguments["token"].Text();
    }
}
