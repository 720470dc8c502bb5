using Microsoft.AspNetCore.Builder;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>
/// Takes the content of announced files at <c>/upload/v1/</c>, and serves it at <c>/files-pri/</c> to the app's token.
/// </summary>
internal sealed class FileTransfer(Workspace workspace, Files files)
{
    /// <summary>The address for the content of a file; it is valid once.</summary>
    public Uri UploadAddress(string ticket) => new(workspace.Address, $"upload/v1/{ticket}");

    public void Map(WebApplication app)
    {
        app.MapPost("/upload/v1/{ticket}", UploadAsync);
        app.MapGet("/files-pri/{key}/{name}", Download);
        app.MapGet("/files-pri/{key}/download/{name}", Download);
        app.MapGet("/sim/files/{id}", Show);
    }

    private async Task<IResult> UploadAsync(HttpRequest request, string ticket)
    {
        using var content = new MemoryStream();
        if (request.HasFormContentType)
        {
            var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
            if (form.Files.Count != 1)
                return Results.BadRequest("the form has one file");
            await form.Files[0].CopyToAsync(content, request.HttpContext.RequestAborted);
        }
        else
        {
            await request.Body.CopyToAsync(content, request.HttpContext.RequestAborted);
        }

        lock (workspace.Gate)
            return files.Upload(ticket, content.ToArray())
                ? Results.Text($"OK - {content.Length}")
                : Results.BadRequest("unknown ticket, or another length than announced");
    }

    private IResult Download(HttpRequest request, string key)
    {
        lock (workspace.Gate)
        {
            // Without the token Slack redirects to its sign-in page, which an app can mistake for the file.
            if (request.Headers.Authorization.ToString() != "Bearer " + workspace.App.BotToken)
                return Results.Redirect("/?sign-in");
            return Content(key[(key.IndexOf('-', StringComparison.Ordinal) + 1)..]);
        }
    }

    /// <summary>The content for the page. A file that is opened as a page cannot act in the page's name.</summary>
    private IResult Show(HttpResponse response, string id)
    {
        response.Headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        response.Headers.XContentTypeOptions = "nosniff";
        lock (workspace.Gate)
            return Content(id);
    }

    private IResult Content(string id) =>
        files.Find(id) is { IsDeleted: false, Content: { } content } file
            ? Results.Bytes(content, file.ContentType)
            : Results.NotFound();
}
