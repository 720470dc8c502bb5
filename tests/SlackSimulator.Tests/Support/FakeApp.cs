using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace SlackSimulator.Tests.Support;

/// <summary>
/// A Slack app in the test's process. It records the requests and answers them as the test determines.
/// </summary>
internal sealed class FakeApp : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Received> _received = new();

    private FakeApp(WebApplication app) => _app = app;

    public Uri Address { get; private set; } = null!;

    public IReadOnlyList<Received> Requests => [.. _received];

    /// <summary>Answers a request; the default is an empty 200.</summary>
    public Func<Received, Task<Reply>> Answer { get; set; } = _ => Task.FromResult(new Reply());

    public static async Task<FakeApp> StartAsync()
    {
        var app = LoopbackApp.Build();
        var fake = new FakeApp(app);
        app.Run(fake.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        fake.Address = app.Address();
        return fake;
    }

    public void Reply(Func<Received, Reply> answer) => Answer = received => Task.FromResult(answer(received));

    /// <summary>Waits for a number of matching requests and returns them.</summary>
    public async Task<IReadOnlyList<Received>> WaitForAsync(int count, Func<Received, bool> which)
    {
        await Eventually.TrueAsync(() => _received.Count(which) >= count, $"{count} matching requests at the app");
        return [.. _received.Where(which)];
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var received = new Received(
            context.Request.Path,
            body.ToArray(),
            context.Request.Headers.ToDictionary(
                header => header.Key,
                header => header.Value.ToString(),
                StringComparer.OrdinalIgnoreCase
            )
        );
        _received.Enqueue(received);
        var reply = await Answer(received);
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        if (reply.Json is not null)
            context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(reply.Json?.ToJsonString() ?? reply.Text);
    }
}

internal sealed record Reply(int Status = 200, string Text = "", JsonNode? Json = null)
{
    public Dictionary<string, string> Headers { get; init; } = [];
}

internal sealed record Received(string Path, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public IReadOnlyDictionary<string, string> Form =>
        QueryHelpers.ParseQuery(Text).ToDictionary(pair => pair.Key, pair => pair.Value.ToString());

    /// <summary>The JSON of an event, or of an interaction's <c>payload</c> field.</summary>
    public JsonNode Payload => JsonNode.Parse(Text.StartsWith('{') ? Text : Form["payload"])!;

    public bool IsCommand => Path is "/commands";

    public bool IsInteraction(string type) => Path is "/interactivity" && Payload["type"]!.GetValue<string>() == type;

    public bool IsEvent(string type) => Path is "/events" && Payload["event"]?["type"]?.GetValue<string>() == type;
}
