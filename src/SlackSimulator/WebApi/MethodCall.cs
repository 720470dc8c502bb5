using System.Globalization;
using SlackSimulator.Json;

namespace SlackSimulator.WebApi;

/// <summary>A call of a Web API method with its arguments, from a form or from JSON.</summary>
internal sealed class MethodCall(string method, JsonObject arguments, string? token, bool isJson)
{
    public string Method { get; } = method;

    public JsonObject Arguments { get; } = arguments;

    public string? Token { get; } = token;

    /// <summary>Whether arguments were sent in a JSON body.</summary>
    public bool IsJson { get; } = isJson;

    public string? Text(string name) => Arguments[name].Scalar() is { Length: > 0 } text ? text : null;

    public string Required(string name) => Text(name) ?? throw SlackError.Missing(name);

    public bool Flag(string name, bool otherwise = false) =>
        Arguments[name] is { } node && node.Scalar() is { Length: > 0 } ? node.IsTrue() : otherwise;

    public int Number(string name, int otherwise, int min, int max)
    {
        if (Text(name) is not { } text)
            return otherwise;
        if (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            throw SlackError.Invalid(name, "must provide an integer");
        return number < min || number > max ? throw new SlackError("invalid_limit") : number;
    }

    /// <summary>An argument with a JSON value. In a form it is JSON text.</summary>
    /// <exception cref="SlackError">The text is not JSON; the code is <paramref name="errorCode"/>.</exception>
    public JsonNode? Structure(string name, string errorCode)
    {
        if (Arguments[name] is not { } node || node.Text() is "")
            return null;
        if (node.Text() is not { } text)
            return node;
        return JsonExtensions.TryParse(text, out var parsed) ? parsed : throw new SlackError(errorCode);
    }

    /// <summary>
    /// The page of a list that begins at the <c>cursor</c> argument, and the cursor of the next page; empty for the
    /// last page.
    /// </summary>
    public (IReadOnlyList<T> Page, string Next) Page<T>(IReadOnlyList<T> all, int limit)
    {
        var start = 0;
        if (Text("cursor") is { } cursor && !TryReadCursor(cursor, out start))
            throw new SlackError("invalid_cursor");
        var page = all.Skip(start).Take(limit).ToList();
        var end = start + page.Count;
        return (
            page,
            end < all.Count ? Convert.ToBase64String(System.Text.Encoding.ASCII.GetBytes($"next:{end}")) : ""
        );
    }

    private static bool TryReadCursor(string cursor, out int start)
    {
        start = 0;
        Span<byte> bytes = stackalloc byte[64];
        return Convert.TryFromBase64String(cursor, bytes, out var written)
            && System.Text.Encoding.ASCII.GetString(bytes[..written]) is var text
            && text.StartsWith("next:", StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out start);
    }
}
