using System.Collections.Concurrent;
using System.Text;
using CoffeeBuddy.Slack.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;

namespace CoffeeBuddy.Slack.Tests;

internal sealed record ReceivedRequest(string Path, string? ContentType, string? Authorization, string Body);

/// <summary>A server on this machine whose answers a test sets, and our client connected to it.</summary>
internal sealed class FakeSlack : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServiceProvider _services;

    private FakeSlack(WebApplication app)
    {
        _app = app;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            new Dictionary<string, string?>
            {
                ["Slack:SigningSecret"] = "s",
                ["Slack:BotToken"] = "xoxb-test",
                ["Slack:ApiUrl"] = app.Urls.Single() + "/api/",
            }
        );
        _services = new ServiceCollection()
            .AddSingleton<TimeProvider>(Time)
            .AddSingleton<Action<SlackCall>>(Calls.Enqueue)
            .AddSlack(configuration.Build())
            .BuildServiceProvider(validateScopes: true);
    }

    public FakeTimeProvider Time { get; } = new(Any.Now);
    public SlackOptions Options => _services.GetRequiredService<IOptionsMonitor<SlackOptions>>().CurrentValue;
    public SlackClient Client => _services.GetRequiredService<SlackClient>();
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
        slack = new FakeSlack(app);
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

    /// <summary>A client that uses another connection to this server.</summary>
    public SlackClient ClientOver(HttpClient http) =>
        new(
            new SlackTransport(
                http,
                SlackResilience.GetPipeline(_services),
                new SlackRateLimiter(Time, share: 1),
                _services.GetRequiredService<IOptionsMonitor<SlackOptions>>(),
                Time,
                observer: null
            )
        );

    /// <summary>Receives requests and does not answer them.</summary>
    /// <returns>Completes when the first request has arrived.</returns>
    public Task StopAnswering()
    {
        var received = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Answer = async context =>
        {
            received.TrySetResult();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        };
        return received.Task;
    }

    /// <summary>Lets the time pass between the requests of a call, but not during a request.</summary>
    public async Task<T> WhileTimePassesAsync<T>(Task<T> call)
    {
        while (!call.IsCompleted)
        {
            if (Requests.Count == Calls.Count)
                Time.Advance(TimeSpan.FromSeconds(0.25));
            await Task.WhenAny(call, Task.Delay(10));
        }
        return await call;
    }

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
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
}
