using System.Globalization;
using Microsoft.AspNetCore.Builder;
using SlackSimulator.BlockKit;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.WebApi;

namespace SlackSimulator.ToApp;

/// <summary>
/// Creates and serves response_urls: each is valid for five uses within 30 minutes of workspace time. Only they can
/// change an ephemeral message.
/// </summary>
internal sealed class ResponseUrls(
    Workspace workspace,
    WorkspaceClock clock,
    MessageStore messages,
    AppMessages appMessages,
    ServerAddress address,
    TrafficLog traffic,
    FaultInjector faults
)
{
    private const int MaxUses = 5;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(30);
    private readonly Dictionary<string, Issued> _issued = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    /// <summary>
    /// Creates a response_url for a command, or for a click on <paramref name="original"/>. Called under the
    /// workspace's lock.
    /// </summary>
    public string Issue(string kind, string userId, Channel channel, Message? original = null)
    {
        while (_order.TryPeek(out var oldest) && clock.Now - _issued[oldest].At > 2 * Lifetime)
            _issued.Remove(_order.Dequeue());
        var path = $"/{kind}/{workspace.TeamId}/{workspace.Ids.Next("").TrimStart('0')}/{IdSource.Secret()}";
        _issued[path] = new Issued(userId, channel, original, clock.Now);
        _order.Enqueue(path);
        return new Uri(address.Value, path).ToString();
    }

    public void Map(WebApplication app)
    {
        app.MapPost("/commands/{team}/{number}/{secret}", HandleAsync);
        app.MapPost("/app/{team}/{number}/{secret}", HandleAsync);
        app.MapPost("/actions/{team}/{number}/{secret}", HandleAsync);
    }

    /// <summary>
    /// Posts an app's answer to a command or click; ephemeral unless it has <c>response_type: in_channel</c>. Called
    /// under the workspace's lock.
    /// </summary>
    /// <exception cref="SlackError">The message violates Slack's rules.</exception>
    public void Respond(JsonObject body, string userId, Channel channel, Message? original)
    {
        var changeable = original is { IsDeleted: false } && channel.Messages.Contains(original) ? original : null;
        if (body["delete_original"].IsTrue())
        {
            if (changeable is not null)
                messages.Delete(channel, changeable);
            return;
        }

        var draft = MessageDraft.Read(body);
        if (body["replace_original"].IsTrue() && changeable is not null)
        {
            messages.Edit(
                channel,
                changeable,
                workspace.App.BotUserId,
                message => (message.Text, message.Blocks) = (draft.Text, draft.Blocks)
            );
            return;
        }

        messages.Post(
            channel,
            appMessages.Create(
                channel,
                draft,
                channel.LiveThread(
                    body["thread_ts"].Text() ?? (original is { IsReply: true } ? original.ThreadTs : null)
                ),
                onlyFor: body["response_type"].Text() is "in_channel" ? null : userId
            )
        );
    }

    private async Task HandleAsync(HttpContext context)
    {
        var started = clock.Provider.GetTimestamp();
        using var reader = new StreamReader(context.Request.Body);
        var text = await reader.ReadToEndAsync(context.RequestAborted);
        var fault = faults.Take("response_url");
        if (fault is { Kind: FaultKind.Slow })
            await Task.Delay(TimeSpan.FromMilliseconds(fault.Ms), clock.Provider, context.RequestAborted);

        var (status, error, violations) = fault?.Kind switch
        {
            FaultKind.RateLimited => (429, "ratelimited", []),
            FaultKind.Error => (fault.Status, "internal_error", []),
            FaultKind.Code => (200, fault.Code, []),
            FaultKind.Reset => (0, "reset", []),
            _ => Use(context.Request.Path, text),
        };
        var dropped = fault is { Kind: FaultKind.Reset or FaultKind.LostAnswer };
        traffic.Add(
            new TrafficEntry(
                0,
                clock.Now,
                "from_app",
                "response_url",
                context.Request.Path,
                dropped ? null : status,
                clock.Provider.GetElapsedTime(started).TotalMilliseconds,
                JsonExtensions.ParseOrText(text)?.ToElement(),
                null,
                error,
                fault?.Kind.ToString()
            )
            {
                Violations = violations,
            }
        );
        if (dropped)
        {
            context.Abort();
            return;
        }

        if (status == 429)
            context.Response.Headers.RetryAfter = fault!.RetryAfter.ToString(CultureInfo.InvariantCulture);
        if (error is not null)
        {
            await context.WriteJsonAsync(new JsonObject { ["ok"] = false, ["error"] = error }, status);
            return;
        }

        await context.Response.WriteAsync("ok", context.RequestAborted);
    }

    private (int Status, string? Error, IReadOnlyList<Violation> Violations) Use(string path, string text)
    {
        if (!JsonExtensions.TryParse(text, out var node) || node is not JsonObject body)
            return (400, "invalid_payload", []);
        lock (workspace.Gate)
        {
            if (!_issued.TryGetValue(path, out var issued))
                return (404, "invalid_url", []);
            if (clock.Now - issued.At > Lifetime)
                return (
                    404,
                    "expired_url",
                    [new Violation("", "response_url", "response_url is older than 30 minutes")]
                );
            if (issued.Uses >= MaxUses)
                return (404, "used_url", [new Violation("", "response_url", "response_url was used five times")]);
            try
            {
                Respond(body, issued.UserId, issued.Channel, issued.Original);
                issued.Uses++;
                return (200, null, []);
            }
            catch (SlackError error)
            {
                return (400, error.Code, error.Violations);
            }
        }
    }

    private sealed record Issued(string UserId, Channel Channel, Message? Original, DateTimeOffset At)
    {
        public int Uses { get; set; }
    }
}
