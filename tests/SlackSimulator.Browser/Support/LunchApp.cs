using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace SlackSimulator.Browser.Support;

/// <summary>
/// A Slack app that orders lunch. It uses every kind of input, messages with buttons, threads and the App Home.
/// </summary>
internal sealed class LunchApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _slack = new();
    private readonly TaskCompletionSource _stuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LunchApp(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    /// <summary>Completes when the app has received a request that it does not answer.</summary>
    public Task Stuck => _stuck.Task;

    /// <summary>The <c>state.values</c> of the last submission of the lunch modal.</summary>
    public JsonObject? Submitted { get; private set; }

    public static async Task<LunchApp> StartAsync()
    {
        var app = LoopbackApp.Build();
        var lunch = new LunchApp(app);
        app.MapPost("/commands", lunch.CommandAsync);
        app.MapPost("/interactivity", lunch.InteractAsync);
        app.MapPost("/events", lunch.EventAsync);
        app.MapGet("/installed", () => "Installed");
        await app.StartAsync();
        lunch.Address = app.Address();
        return lunch;
    }

    /// <summary>Sets the workspace that the app works in.</summary>
    public void Install(SimulatorServer slack)
    {
        _slack.BaseAddress = slack.ApiAddress;
        _slack.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
            "Bearer",
            slack.State.Options.App.BotToken
        );
    }

    public async Task<JsonNode> CallAsync(string method, JsonObject arguments)
    {
        using var content = new StringContent(arguments.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _slack.PostAsync(new Uri(method, UriKind.Relative), content);
        return JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
    }

    /// <summary>Posts a message in #general.</summary>
    public Task<JsonNode> PostAsync(string text, JsonNode? blocks = null, string? thread = null) =>
        CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = "C0GENERAL0",
                ["text"] = text,
                ["blocks"] = blocks,
                ["thread_ts"] = thread,
            }
        );

    public async ValueTask DisposeAsync()
    {
        _slack.Dispose();
        await _app.DisposeAsync();
    }

    private async Task CommandAsync(HttpContext context)
    {
        var form = await ReadFormAsync(context);
        switch (form["text"])
        {
            case "slow":
                await HangAsync(context);
                return;
            case "help":
                await context.Response.WriteAsync("Try `/lunch` to order :pizza:");
                return;
            case "refuse":
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            case "loud":
                await PostAsync(
                    "Loud",
                    new JsonArray(
                        new JsonObject
                        {
                            ["type"] = "header",
                            ["text"] = new JsonObject { ["type"] = "plain_text", ["text"] = new string('!', 151) },
                        }
                    )
                );
                return;
            case "broken":
                await OpenAsync(form["trigger_id"], LunchViews.TooLong);
                return;
            default:
                await OpenAsync(form["trigger_id"], LunchViews.Order(form["channel_id"]));
                return;
        }
    }

    private async Task InteractAsync(HttpContext context)
    {
        var payload = JsonNode.Parse((await ReadFormAsync(context))["payload"])!;
        switch (payload["type"]!.GetValue<string>())
        {
            case "view_submission" when payload["view"]!["callback_id"]!.GetValue<string>() is "lunch":
                await SubmitAsync(context, payload);
                return;
            case "block_actions":
                await ClickAsync(context, payload);
                return;
            case "block_suggestion":
                await context.Response.WriteAsJsonAsync(LunchViews.Suggestions(payload["value"]!.GetValue<string>()));
                return;
            case "shortcut":
                await PostAsync($"Who is hungry? asks <@{payload["user"]!["id"]}>");
                return;
            case "message_action":
                await PostAsync($"Quoted: {payload["message"]!["text"]}");
                return;
        }
    }

    private async Task SubmitAsync(HttpContext context, JsonNode payload)
    {
        Submitted = payload["view"]!["state"]!["values"]!.AsObject();
        if (Submitted["dish"]!["dish"]!["value"]!.GetValue<string>() is "nothing")
        {
            await context.Response.WriteAsJsonAsync(
                new JsonObject
                {
                    ["response_action"] = "errors",
                    ["errors"] = new JsonObject { ["dish"] = "Nothing is not on the menu" },
                }
            );
            return;
        }

        var user = payload["user"]!["id"]!.GetValue<string>();
        var channel = payload["view"]!["private_metadata"]!.GetValue<string>();
        var posted = await CallAsync("chat.postMessage", LunchViews.Posted(channel, user, Submitted));
        await CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = channel,
                ["thread_ts"] = posted["ts"]!.DeepClone(),
                ["text"] = "Orders are collected here",
            }
        );
        await CallAsync(
            "chat.postEphemeral",
            new JsonObject
            {
                ["channel"] = channel,
                ["user"] = user,
                ["text"] = "Only you know that you are hungry",
            }
        );
        await CallAsync(
            "chat.postMessage",
            new JsonObject { ["channel"] = user, ["text"] = "Your lunch is *on its way* :rocket:" }
        );
    }

    private async Task ClickAsync(HttpContext context, JsonNode payload)
    {
        var action = payload["actions"]![0]!;
        var user = payload["user"]!["id"]!.GetValue<string>();
        switch (action["action_id"]!.GetValue<string>())
        {
            case "join":
                await CallAsync(
                    "chat.update",
                    LunchViews.Joined(payload["channel"]!["id"]!, payload["message"]!, user)
                );
                return;
            case "cancel":
                await CallAsync(
                    "chat.update",
                    new JsonObject
                    {
                        ["channel"] = payload["channel"]!["id"]!.DeepClone(),
                        ["ts"] = payload["message"]!["ts"]!.DeepClone(),
                        ["text"] = "Lunch was cancelled",
                        ["blocks"] = new JsonArray(LunchViews.Section("~Lunch~ was cancelled")),
                    }
                );
                return;
            case "stuck":
                await HangAsync(context);
                return;
            case "more":
                await CallAsync(
                    "views.push",
                    new JsonObject
                    {
                        ["trigger_id"] = payload["trigger_id"]!.DeepClone(),
                        ["view"] = LunchViews.Details,
                    }
                );
                return;
            case "size":
                await CallAsync(
                    "views.update",
                    LunchViews.Resized(payload["view"]!, action["selected_option"]!["value"]!.GetValue<string>())
                );
                return;
            case "menu" or "when":
                var chosen = action["selected_option"]!["text"]!["text"]!.GetValue<string>();
                await CallAsync(
                    "chat.postEphemeral",
                    new JsonObject
                    {
                        ["channel"] = payload["channel"]!["id"]!.DeepClone(),
                        ["user"] = user,
                        ["text"] = $"You chose {chosen}",
                    }
                );
                return;
            case "refresh":
                await CallAsync("views.publish", LunchViews.Home(user, "Refreshed"));
                return;
        }
    }

    private async Task EventAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var happened = JsonNode.Parse(await reader.ReadToEndAsync())!["event"]!;
        if (happened["type"]!.GetValue<string>() is "app_home_opened")
            await CallAsync("views.publish", LunchViews.Home(happened["user"]!.GetValue<string>(), "Welcome to lunch"));
    }

    private Task<JsonNode> OpenAsync(string triggerId, JsonObject view) =>
        CallAsync("views.open", new JsonObject { ["trigger_id"] = triggerId, ["view"] = view });

    /// <summary>Does not answer until Slack aborts the request.</summary>
    private async Task HangAsync(HttpContext context)
    {
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        _stuck.TrySetResult();
        await aborted.Task;
    }

    private static async Task<Dictionary<string, string>> ReadFormAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        return QueryHelpers
            .ParseQuery(await reader.ReadToEndAsync())
            .ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
    }
}
