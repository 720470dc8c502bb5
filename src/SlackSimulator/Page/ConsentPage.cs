using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.WebUtilities;
using SlackSimulator.Model;
using SlackSimulator.WebApi;

namespace SlackSimulator.Page;

/// <summary>
/// <c>/oauth/v2/authorize</c>: asks a person whether the app may be installed, and redirects to the app with a code
/// (https://docs.slack.dev/authentication/installing-with-oauth/).
/// </summary>
internal sealed class ConsentPage(Workspace workspace, Installations installations)
{
    private const string Webhook = "incoming-webhook";

    public void Map(WebApplication app)
    {
        app.MapGet("/oauth/v2/authorize", Ask);
        app.MapPost("/oauth/v2/authorize", DecideAsync);
    }

    private IResult Ask(HttpContext context)
    {
        if (Fault(context.Request.Query) is { } fault)
            return Page(context, $"<h1>Something went wrong</h1><p>{Encode(fault)}</p>", null, 400);
        lock (workspace.Gate)
            return Page(context, Form(context.Request), Target(context.Request.Query));
    }

    private async Task<IResult> DecideAsync(HttpRequest request)
    {
        var query = request.Query;
        if (Fault(query) is { } fault)
            return Page(request.HttpContext, $"<h1>Something went wrong</h1><p>{Encode(fault)}</p>", null, 400);
        var form = await request.ReadFormAsync(request.HttpContext.RequestAborted);
        var answer = new Dictionary<string, string?> { ["state"] = query["state"].ToString() };
        if (form["decision"] == "allow")
            answer["code"] = Allow(query, form);
        else
            answer["error"] = "access_denied";
        return Results.Redirect(QueryHelpers.AddQueryString(Target(query).ToString(), answer));
    }

    private string Allow(IQueryCollection query, IFormCollection form)
    {
        lock (workspace.Gate)
        {
            var person = workspace.FindPerson(form["user"].ToString()) is { IsBot: false } found
                ? found
                : throw SimulatorError.NotFound("person", form["user"].ToString());
            var channel = Scopes(query).Contains(Webhook, StringComparer.Ordinal)
                ? workspace.FindChannel(form["channel"].ToString())
                    ?? throw SimulatorError.NotFound("channel", form["channel"].ToString())
                : null;
            var named = query["redirect_uri"].ToString() is { Length: > 0 } address ? address : null;
            return installations.Allow(new Consent(person, Scopes(query), named, channel, workspace.Clock.Now));
        }
    }

    /// <summary>Why the app's request is invalid; null when it is valid.</summary>
    private string? Fault(IQueryCollection query)
    {
        var app = workspace.App;
        if (query["client_id"] != app.ClientId)
            return "invalid_client_id";
        if (query["user_scope"].ToString().Length > 0)
            return "user_scope is not simulated: this workspace has no user tokens.";
        if (Scopes(query).Length == 0)
            return "no_scopes: the address has no scope.";
        var given = query["redirect_uri"].ToString();
        if (given.Length == 0)
            return app.RedirectUrls.Count == 0 ? "redirect_uri is needed: the app has no redirect URL." : null;
        return
            Uri.TryCreate(given, UriKind.Absolute, out var address)
            && address.Scheme is "http" or "https"
            && (app.RedirectUrls.Count == 0 || app.RedirectUrls.Any(allowed => IsBelow(address, allowed)))
            ? null
            : "bad_redirect_uri: the redirect URL is not one of the app's.";
    }

    private static bool IsBelow(Uri address, Uri allowed) =>
        address.GetLeftPart(UriPartial.Path).StartsWith(allowed.ToString(), StringComparison.Ordinal)
        && address.Authority == allowed.Authority;

    private Uri Target(IQueryCollection query) =>
        query["redirect_uri"].ToString() is { Length: > 0 } given ? new Uri(given) : workspace.App.RedirectUrls[0];

    private static string[] Scopes(IQueryCollection query) =>
        query["scope"]
            .ToString()
            .Split([',', ' '], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private string Form(HttpRequest request)
    {
        var scopes = Scopes(request.Query);
        var people = workspace
            .People.Where(person => !person.Deleted)
            .Select(person => Option(person.Id, person.Shown));
        var channels = workspace
            .Channels.Where(channel => channel is { IsNamed: true, IsArchived: false })
            .Select(channel => Option(channel.Id, "#" + channel.Name));
        var webhook = scopes.Contains(Webhook, StringComparer.Ordinal)
            ? Select("channel", "Where should it post?", channels)
            : "";
        return $"""
            <h1>{Encode(workspace.App.Name)} asks for access to {Encode(workspace.Options.TeamName)}</h1>
            <p>It will be able to use:</p>
            <ul>{string.Concat(scopes.Select(scope => $"<li><code>{Encode(scope)}</code></li>"))}</ul>
            <form method="post" action="{Encode(request.Path + request.QueryString)}">
            {Select("user", "You are", people)}
            {webhook}
            <p class="consent-buttons"><button class="button" name="decision" value="cancel">Cancel</button>
            <button class="button button-primary" name="decision" value="allow">Allow</button></p>
            </form>
            """;
    }

    private static string Select(string name, string label, IEnumerable<string> options) =>
        $"""
            <p><label for="{name}">{label}</label>
            <select class="select" id="{name}" name="{name}">{string.Concat(options)}</select></p>
            """;

    private static string Option(string value, string text) =>
        $"""<option value="{Encode(value)}">{Encode(text)}</option>""";

    private static IResult Page(HttpContext context, string content, Uri? target, int status = 200)
    {
        // A browser applies form-action to the redirect as well.
        var origin = target?.GetLeftPart(UriPartial.Authority);
        context.Response.Headers.ContentSecurityPolicy =
            $"default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self' {origin}; base-uri 'none'; "
            + "frame-ancestors 'none'";
        return Results.Text(
            $"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>Install an app</title>
            <link rel="icon" href="/page/icon.svg">
            <link rel="stylesheet" href="/page/css/base.css">
            <link rel="stylesheet" href="/page/css/blocks.css">
            <link rel="stylesheet" href="/page/css/consent.css">
            </head>
            <body><main class="consent">
            {content}
            </main></body>
            </html>
            """,
            "text/html; charset=utf-8",
            statusCode: status
        );
    }

    private static string Encode(string text) => HtmlEncoder.Default.Encode(text);
}
