using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>
/// <c>/sim/people/{user}/…</c>: everything a person can do in Slack. What is sent to the app is sent by Slack: whoever closes their window ends the
/// waiting for it only.
/// </summary>
internal sealed class PeopleEndpoints(
    Commands commands,
    Actions actions,
    Views views,
    Conversations conversations,
    ReadMarks marks,
    BackgroundWork background
)
{
    public void Map(WebApplication app)
    {
        var person = app.MapGroup("/sim/people/{user}");
        Map(
            person,
            "POST",
            "/commands",
            (context, user, body) =>
                background.RunAsync(
                    ended =>
                        commands.RunAsync(
                            user,
                            body["channel"].Text(),
                            body["command"].Text(),
                            body["text"].Text() ?? "",
                            ended
                        ),
                    context.RequestAborted
                )
        );
        Map(
            person,
            "POST",
            "/actions",
            (context, user, body) =>
                background.RunAsync(ended => actions.ActAsync(user, body, ended), context.RequestAborted)
        );
        Map(person, "POST", "/messages", (_, user, body) => Done(conversations.Post(user, body)));
        Map(person, "PUT", "/messages", (_, user, body) => Done(conversations.Edit(user, body)));
        Map(
            person,
            "DELETE",
            "/messages",
            (context, user, _) => Done(conversations.Delete(user, context.Query("channel"), context.Query("ts")))
        );
        Map(
            person,
            "GET",
            "/messages",
            (context, user, _) =>
                Done(
                    conversations.Read(
                        user,
                        context.Query("channel"),
                        context.Query("thread_ts"),
                        context.Query("all") is "true",
                        Limit(context)
                    )
                )
        );
        Map(person, "GET", "/screen", (_, user, _) => Done(views.Screen(user)));
        Map(person, "GET", "/conversations", (_, user, _) => Done(marks.List(user)));
        Map(person, "POST", "/read", (_, user, body) => Done(marks.Mark(user, body)));
        Map(person, "GET", "/view", (_, user, _) => Done(views.Get(user)));
        Map(person, "POST", "/view/state", (_, user, body) => Done(views.Fill(user, body["values"] as JsonObject)));
        Map(
            person,
            "POST",
            "/view/submit",
            (context, user, body) =>
                background.RunAsync(
                    ended => views.SubmitAsync(user, body["values"] as JsonObject, ended),
                    context.RequestAborted
                )
        );
        Map(person, "POST", "/view/close", (_, user, body) => Done(views.Close(user, body["all"].IsTrue())));
        Map(
            person,
            "POST",
            "/home",
            (_, user, body) => Done(conversations.OpenHome(user, body["tab"].Text() ?? "home"))
        );
        Map(person, "POST", "/home/state", (_, user, body) => Done(views.FillHome(user, body["values"] as JsonObject)));
        Map(person, "GET", "/home", (_, user, _) => Done(views.GetHome(user)));
    }

    private static void Map(
        RouteGroupBuilder group,
        string verb,
        string path,
        Func<HttpContext, string, JsonObject, Task<JsonObject>> act
    ) =>
        group.MapMethods(
            path,
            [verb],
            async context =>
            {
                var body = await context.ReadBodyAsync();
                await context.WriteJsonAsync(await act(context, (string)context.Request.RouteValues["user"]!, body));
            }
        );

    private static int? Limit(HttpContext context) =>
        context.Query("limit") is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit > 0 ? limit
        : throw SimError.Bad("invalid_limit", "limit is a number above 0.");

    private static Task<JsonObject> Done(JsonObject result) => Task.FromResult(result);
}
