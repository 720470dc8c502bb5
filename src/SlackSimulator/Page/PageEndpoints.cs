using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http.HttpResults;

namespace SlackSimulator.Page;

/// <summary>The page at <c>/</c>, its files at <c>/page/</c>, and the demo run at <c>/sim/demo</c>.</summary>
internal sealed class PageEndpoints(PageFiles files, SimulatorOptions options)
{
    // Images may also come from this machine, where the app under development serves them.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public void Map(WebApplication app)
    {
        app.MapGet("/", (HttpResponse response) => Send(response, "index.html"));
        app.MapGet("/page/{**path}", (HttpResponse response, string path) => Send(response, path));
        app.MapGet("/sim/demo", SendDemo);
    }

    private Results<FileContentHttpResult, NotFound> Send(HttpResponse response, string path)
    {
        if (files.Find(path) is not { } file)
            return TypedResults.NotFound();
        var headers = response.Headers;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        return TypedResults.Bytes(file.Content, file.ContentType, entityTag: file.ETag);
    }

    private Results<JsonHttpResult<DemoScript>, NoContent> SendDemo() =>
        options.Demo is { } demo ? TypedResults.Json(demo, DemoJson.Default.DemoScript) : TypedResults.NoContent();
}
