using Microsoft.AspNetCore.Builder;
using SlackSimulator.Json;

namespace SlackSimulator.Page;

/// <summary>The workspace in the browser at <c>/</c>, its files at <c>/page/</c>, and the demo run at <c>/sim/demo</c>.</summary>
internal sealed class PageEndpoints(PageFiles files, SimulatorOptions options)
{
    // Pictures may come from this machine, where the app under development serves them; nothing may come from anywhere else.
    private const string Policy =
        "default-src 'self'; img-src 'self' data: http://127.0.0.1:* http://localhost:*; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public void Map(WebApplication app)
    {
        app.MapGet("/", context => SendAsync(context, files.Find("index.html")));
        app.MapGet(
            "/page/{**path}",
            context => SendAsync(context, files.Find((string?)context.Request.RouteValues["path"] ?? ""))
        );
        app.MapGet("/sim/demo", SendDemoAsync);
    }

    private static async Task SendAsync(HttpContext context, PageFile? file)
    {
        var response = context.Response;
        if (file is null)
        {
            response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var headers = response.Headers;
        headers.ETag = file.ETag;
        headers.CacheControl = "no-cache";
        headers.ContentSecurityPolicy = Policy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        if (context.Request.Headers.IfNoneMatch.Contains(file.ETag, StringComparer.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = file.ContentType;
        response.ContentLength = file.Content.Length;
        await response.Body.WriteAsync(file.Content, context.RequestAborted);
    }

    private Task SendDemoAsync(HttpContext context)
    {
        if (options.Demo is { } demo)
            return context.WriteJsonAsync(JsonSerializer.SerializeToNode(demo, DemoJson.Default.DemoScript)!);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
