using Microsoft.AspNetCore.Builder;
using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.WebApi;

namespace SlackSimulator.ToApp;

/// <summary>
/// Incoming webhooks: each URL posts messages in one channel. Slack answers them in plain text
/// (https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks/).
/// </summary>
internal sealed class Webhooks(
    Workspace workspace,
    MessageStore messages,
    AppMessages appMessages,
    RateLimiter limits,
    TrafficLog traffic,
    FaultInjector faults
)
{
    private readonly Dictionary<string, Channel> _channels = new(StringComparer.Ordinal);

    /// <summary>Creates a URL for a channel. Called under the workspace's lock.</summary>
    public Uri Create(Channel channel)
    {
        var path = $"/services/{workspace.TeamId}/{workspace.Ids.Next("B")}/{IdSource.Secret()}";
        _channels[path] = channel;
        return new Uri(workspace.Address, path);
    }

    public void Map(WebApplication app)
    {
        app.MapPost("/services/{team}/{hook}/{secret}", HandleAsync);
        app.MapPost("/sim/webhooks", CreateForChannel);
    }

    private JsonObject CreateForChannel(RequestBody body)
    {
        lock (workspace.Gate)
        {
            var name = body["channel"].Text() ?? "";
            var channel = workspace.FindChannel(name) ?? throw SimulatorError.NotFound("channel", name);
            return new JsonObject { ["url"] = Create(channel).ToString(), ["channel"] = channel.Id };
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        var started = workspace.Clock.Provider.GetTimestamp();
        var text = await ReadAsync(context.Request);
        var fault = faults.Take("webhook");
        var (status, answer, violations) = fault switch
        {
            { Kind: FaultKind.RateLimited } => (429, "ratelimited", []),
            { Kind: FaultKind.Error } => (fault.Status, "internal_error", []),
            _ => Post(context.Request.Path, text),
        };
        traffic.Add(
            new TrafficEntry(
                0,
                workspace.Clock.Now,
                "from_app",
                "webhook",
                context.Request.Path,
                status,
                workspace.Clock.Provider.GetElapsedTime(started).TotalMilliseconds,
                JsonExtensions.ParseOrText(text)?.ToElement(),
                null,
                status == 200 ? null : answer,
                fault?.Kind.ToString()
            )
            {
                Violations = violations,
            }
        );
        context.Response.StatusCode = status;
        if (status == 429)
            context.Response.Headers.RetryAfter = $"{fault?.RetryAfter ?? 1}";
        await context.Response.WriteAsync(answer, context.RequestAborted);
    }

    /// <summary>The JSON of the body, or of the field <c>payload</c> in a form.</summary>
    private static async Task<string> ReadAsync(HttpRequest request)
    {
        if (request.HasFormContentType)
            return (await request.ReadFormAsync(request.HttpContext.RequestAborted))["payload"].ToString();
        using var reader = new StreamReader(request.Body);
        return await reader.ReadToEndAsync(request.HttpContext.RequestAborted);
    }

    private (int Status, string Answer, IReadOnlyList<Violation> Violations) Post(string path, string text)
    {
        lock (workspace.Gate)
        {
            if (!_channels.TryGetValue(path, out var channel))
                return (404, "no_service", []);
            if (!JsonExtensions.TryParse(text, out var node) || node is not JsonObject body)
                return (400, "invalid_payload", []);
            if (channel.IsArchived)
                return (410, "channel_is_archived", []);
            try
            {
                var draft = MessageDraft.Read(body);
                var thread = AppMessages.Thread(channel, body["thread_ts"].Text());
                limits.Message(channel.Id);
                messages.Post(channel, appMessages.Create(channel, draft, thread, subtype: "bot_message"));
                return (200, "ok", []);
            }
            catch (SlackError error)
            {
                return (error.RetryAfter is null ? 400 : 429, error.Code, error.Violations);
            }
        }
    }
}
