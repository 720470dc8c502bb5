using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Mvc;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>
/// <c>/sim/people/{user}/…</c>: everything a person can do in Slack. Requests to the app run in the background: a
/// caller who disconnects stops waiting for the answer, but does not abort the request, as in Slack.
/// </summary>
internal sealed class PeopleEndpoints(
    Commands commands,
    Actions actions,
    Shortcuts shortcuts,
    Suggestions suggestions,
    Views views,
    Conversations conversations,
    ReadMarkers marks,
    Responses responses,
    Uploads uploads,
    BackgroundWork background
)
{
    public void Map(WebApplication app)
    {
        var person = app.MapGroup("/sim/people/{user}");
        person.MapPost("/commands", RunCommandAsync);
        person.MapPost("/actions", ActAsync);
        person.MapPost("/shortcuts", RunShortcutAsync);
        person.MapPost("/suggestions", SuggestAsync);
        person.MapGet("/messages", ReadMessages);
        person.MapPost("/messages", (string user, RequestBody body) => conversations.Post(user, body.Json));
        person.MapPut("/messages", (string user, RequestBody body) => conversations.Edit(user, body.Json));
        person.MapDelete(
            "/messages",
            (string user, string? channel, string? ts) => conversations.Delete(user, channel, ts)
        );
        person.MapPost("/reactions", (string user, RequestBody body) => responses.React(user, body.Json));
        person.MapDelete(
            "/reactions",
            (string user, string? channel, string? ts, string? name) => responses.Unreact(user, channel, ts, name)
        );
        person.MapPost("/pins", (string user, RequestBody body) => responses.Pin(user, body.Json));
        person.MapDelete("/pins", (string user, string? channel, string? ts) => responses.Unpin(user, channel, ts));
        person.MapPost("/files", (string user, RequestBody body) => uploads.Upload(user, body.Json));
        person.MapGet("/conversations", (string user) => marks.List(user));
        person.MapPost("/read", (string user, RequestBody body) => marks.Mark(user, body.Json));
        person.MapGet("/screen", (string user) => views.Screen(user));
        person.MapGet("/view", (string user) => views.Get(user));
        person.MapPost("/view/state", (string user, RequestBody body) => views.Fill(user, Values(body)));
        person.MapPost("/view/submit", SubmitAsync);
        person.MapPost("/view/close", (string user, RequestBody body) => views.Close(user, body["all"].IsTrue()));
        person.MapGet("/home", (string user) => views.GetHome(user));
        person.MapPost(
            "/home",
            (string user, RequestBody body) => conversations.OpenHome(user, body["tab"].Text() ?? "home")
        );
        person.MapPost("/home/state", (string user, RequestBody body) => views.FillHome(user, Values(body)));
    }

    private Task<JsonObject> RunCommandAsync(string user, RequestBody body, CancellationToken aborted) =>
        background.RunAsync(
            stopping =>
                commands.RunAsync(
                    user,
                    body["channel"].Text(),
                    body["command"].Text(),
                    body["text"].Text() ?? "",
                    stopping
                ),
            aborted
        );

    private Task<JsonObject> ActAsync(string user, RequestBody body, CancellationToken aborted) =>
        background.RunAsync(stopping => actions.ActAsync(user, body.Json, stopping), aborted);

    private Task<JsonObject> RunShortcutAsync(string user, RequestBody body, CancellationToken aborted) =>
        background.RunAsync(stopping => shortcuts.RunAsync(user, body.Json, stopping), aborted);

    private Task<JsonObject> SuggestAsync(string user, RequestBody body, CancellationToken aborted) =>
        background.RunAsync(stopping => suggestions.AskAsync(user, body.Json, stopping), aborted);

    private Task<JsonObject> SubmitAsync(string user, RequestBody body, CancellationToken aborted) =>
        background.RunAsync(stopping => views.SubmitAsync(user, Values(body), stopping), aborted);

    private JsonObject ReadMessages(
        string user,
        string? channel,
        [FromQuery(Name = "thread_ts")] string? threadTs,
        string? all,
        string? limit
    ) => conversations.Read(user, channel, threadTs, everything: all is "true", Limit(limit));

    private static JsonObject? Values(RequestBody body) => body["values"] as JsonObject;

    private static int? Limit(string? text) =>
        text is not { Length: > 0 } ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit
        : throw SimulatorError.BadRequest("invalid_limit", "limit is a number above 0.");
}
