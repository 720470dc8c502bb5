using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Support;

/// <summary>A response with its body.</summary>
/// <param name="TraceId">The W3C trace id that the request had; the worker's log lines of the request have it
/// too.</param>
public sealed record Answer(int Status, string? MediaType, HttpResponseHeaders Headers, string Text, string TraceId)
{
    /// <summary>The body as JSON. The test fails if it is not JSON.</summary>
    public JsonNode Json =>
        MediaType?.EndsWith("json", StringComparison.Ordinal) == true && Parsed() is { } json
            ? json
            : throw new Xunit.Sdk.XunitException($"{Status} with {MediaType ?? "no content type"}, not JSON: {Text}");

    public string? Location => Headers.Location?.OriginalString;

    /// <param name="hangUp">Closes the connection before the answer is there; null: never.</param>
    public static async Task<Answer> ToAsync(
        HttpClient client,
        HttpRequestMessage request,
        CancellationToken? hangUp = null
    )
    {
        var cancellation = hangUp ?? TestContext.Current.CancellationToken;
        var trace = ActivityTraceId.CreateRandom().ToHexString();
        request.Headers.TryAddWithoutValidation(
            "traceparent",
            $"00-{trace}-{ActivitySpanId.CreateRandom().ToHexString()}-01"
        );
        using var response = await client.SendAsync(request, cancellation);
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (response.Content.Headers.ContentType?.MediaType == "application/problem+json")
            Assert.Empty(LeakScan.Find("A problem document", [text], Canaries.All));
        return new(
            (int)response.StatusCode,
            response.Content.Headers.ContentType?.MediaType,
            response.Headers,
            text,
            trace
        );
    }

    /// <summary>Asserts the status. The failure message has the body.</summary>
    public Answer Is(int status)
    {
        if (Status != status)
            Assert.Fail($"{Status} instead of {status}: {Text}");
        return this;
    }

    /// <summary>Asserts a problem document (RFC 9457).</summary>
    public Answer IsProblem(int status, string title, string? detail = null)
    {
        Is(status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal(
            (status, "about:blank", title),
            ((int?)Json["status"], (string?)Json["type"], (string?)Json["title"])
        );
        if (detail is not null)
            Assert.Equal(detail, (string?)Json["detail"]);
        return this;
    }

    /// <summary>The names of the invalid fields in a 400 answer.</summary>
    public IEnumerable<string> WrongFields =>
        ((JsonObject)Json["errors"]!).Select(wrong => wrong.Key).Order(StringComparer.Ordinal);

    private JsonNode? Parsed()
    {
        try
        {
            return JsonNode.Parse(Text);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
