using System.Collections.Concurrent;
using System.Text;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Slack.Tests;

internal sealed record ReceivedRequest(string Path, string? ContentType, string? Authorization, string Body);

/// <summary>A server on this machine that answers as a test tells it to, and a client of ours that takes it for Slack.</summary>
internal sealed class FakeSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly HttpClient _http;

    private FakeSlack(WebApplication app, SlackOptions options)
    {
        _app = app;
        Options = options;
        _http = SlackServiceCollectionExtensions.CreateHttpClient(options);
        Client = new SlackClient(
            new SlackTransport(_http, new Monitor(options), Time, Calls.Enqueue),
            new SlackRateLimiter(Time),
            new Monitor(options)
        );
    }

    public FakeTimeProvider Time { get; } = new(Any.Now);
    public SlackOptions Options { get; }
    public SlackClient Client { get; }
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();
    public ConcurrentQueue<SlackCall> Calls { get; } = new();
    public Func<HttpContext, Task> Answer { get; set; } = context => context.Response.WriteAsync("""{"ok":true}""");
    public Uri Address => new(Options.ApiUrl, "/");

    public static async Task<FakeSlack> StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        FakeSlack? slack = null;
        app.Run(context => slack!.HandleAsync(context));
        await app.StartAsync(cancellationToken);
        slack = new FakeSlack(
            app,
            new SlackOptions
            {
                SigningSecret = "s",
                BotToken = "xoxb-test",
                ApiUrl = new Uri(app.Urls.Single() + "/api/"),
            }
        );
        return slack;
    }

    public void AnswerWith(string json, int status = 200, string? retryAfter = null) =>
        Answer = context =>
        {
            context.Response.StatusCode = status;
            context.Response.ContentType = "application/json; charset=utf-8";
            if (retryAfter is not null)
                context.Response.Headers.RetryAfter = retryAfter;
            return context.Response.WriteAsync(json);
        };

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        Requests.Enqueue(
            new ReceivedRequest(
                context.Request.Path,
                context.Request.ContentType,
                context.Request.Headers.Authorization,
                body
            )
        );
        await Answer(context);
    }

    private sealed class Monitor(SlackOptions options) : IOptionsMonitor<SlackOptions>
    {
        public SlackOptions CurrentValue => options;

        public SlackOptions Get(string? name) => options;

        public IDisposable? OnChange(Action<SlackOptions, string?> listener) => null;
    }
}
