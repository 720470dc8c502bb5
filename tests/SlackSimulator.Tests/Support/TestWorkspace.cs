using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using Microsoft.Extensions.Time.Testing;

namespace SlackSimulator.Tests.Support;

/// <summary>
/// A workspace, its app, and a client for the Web API and for <c>/sim/</c>. The workspace's time stands still unless a
/// test moves it, so that nothing expires on a slow machine.
/// </summary>
internal sealed class TestWorkspace : IAsyncDisposable
{
    public const string Noor = "U0NOOR0000";
    public const string Priya = "U0PRIYA000";
    public const string Office = "C0OFFICE00";
    public const string Random = "C0RANDOM00";
    public const string Bot = "U0BOT00001";

    private TestWorkspace(SimulatorServer server, FakeTimeProvider time, FakeApp app)
    {
        (Server, Time, App) = (server, time, app);
        Http = new HttpClient { BaseAddress = server.BaseAddress };
    }

    public SimulatorServer Server { get; }

    /// <summary>
    /// The time of the workspace. It begins with the real time, because Slack's SDKs check the timestamps of
    /// signatures.
    /// </summary>
    public FakeTimeProvider Time { get; }

    public FakeApp App { get; }

    public HttpClient Http { get; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<TestWorkspace> StartAsync(Func<SimulatorOptions, SimulatorOptions>? change = null)
    {
        var app = await FakeApp.StartAsync();
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        var options = new SimulatorOptions
        {
            RateLimits = false,
            TimeProvider = time,
            App = new AppOptions
            {
                CommandsUrl = new Uri(app.Address, "/commands"),
                InteractivityUrl = new Uri(app.Address, "/interactivity"),
                EventsUrl = new Uri(app.Address, "/events"),
            },
        };
        var server = await SimulatorServer.StartAsync(change?.Invoke(options) ?? options, Cancellation);
        return new TestWorkspace(server, time, app);
    }

    /// <summary>Calls a Web API method with the bot's token and a JSON body.</summary>
    public async Task<JsonNode> CallAsync(string method, JsonObject arguments) =>
        await ReadAsync(await SendAsync(method, arguments));

    /// <summary>Calls a Web API method with the bot's token and a form.</summary>
    public async Task<JsonNode> FormAsync(string method, params (string Name, string Value)[] arguments)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/{method}")
        {
            Content = new FormUrlEncodedContent(arguments.Select(pair => KeyValuePair.Create(pair.Name, pair.Value))),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Server.State.Options.App.BotToken);
        return await ReadAsync(await Http.SendAsync(request, Cancellation));
    }

    public async Task<HttpResponseMessage> SendAsync(string method, JsonObject arguments, string? token = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/{method}")
        {
            Content = new StringContent(arguments.ToJsonString(), Encoding.UTF8, "application/json"),
        };
        if (token is not "")
            request.Headers.Authorization = new AuthenticationHeaderValue(
                "Bearer",
                token ?? Server.State.Options.App.BotToken
            );
        return await Http.SendAsync(request, Cancellation);
    }

    /// <summary>Sends a request to the simulator's own API.</summary>
    public async Task<JsonNode> DoAsync(string verb, string path, JsonObject? body = null)
    {
        using var request = new HttpRequestMessage(new HttpMethod(verb), "sim/" + path)
        {
            Content = body is null ? null : JsonContent.Create(body),
        };
        return await ReadAsync(await Http.SendAsync(request, Cancellation));
    }

    public Task<JsonNode> CommandAsync(
        string person = "noor",
        string channel = "office",
        string command = "/hello",
        string text = ""
    ) =>
        DoAsync(
            "POST",
            $"people/{person}/commands",
            new JsonObject
            {
                ["channel"] = channel,
                ["command"] = command,
                ["text"] = text,
            }
        );

    public async Task<JsonArray> MessagesAsync(string person, string channel, string? thread = null) =>
        (
            await DoAsync(
                "GET",
                $"people/{person}/messages?channel={channel}{(thread is null ? "" : "&thread_ts=" + thread)}"
            )
        )["messages"]!.AsArray();

    public async Task<string> PostAsync(string channel, string text, string? thread = null)
    {
        var answer = await CallAsync(
            "chat.postMessage",
            new JsonObject
            {
                ["channel"] = channel,
                ["text"] = text,
                ["thread_ts"] = thread,
            }
        );
        Assert.True(answer["ok"]!.GetValue<bool>(), answer.ToJsonString());
        return answer["ts"]!.GetValue<string>();
    }

    /// <summary>Runs a command and returns its trigger_id.</summary>
    public async Task<string> TriggerAsync(string person = "noor")
    {
        var before = App.Requests.Count;
        await CommandAsync(person);
        return App.Requests[before].Form["trigger_id"];
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Server.DisposeAsync();
        await App.DisposeAsync();
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        using (response)
            return JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancellation))!;
    }
}
