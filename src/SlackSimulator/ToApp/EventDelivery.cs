using System.Net.Mime;
using System.Text;
using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>
/// Delivers events to the app. When the app does not answer 2xx within 3 s, the event is sent again: at once, after 1
/// minute and after 5 minutes of workspace time, as Slack does. An answer with <c>X-Slack-No-Retry: 1</c> ends the
/// retries.
/// </summary>
internal sealed class EventDelivery(
    Workspace workspace,
    WorkspaceClock clock,
    AppDelivery delivery,
    BackgroundWork background,
    FaultInjector faults
)
{
    private static readonly TimeSpan[] RetryDelays = [TimeSpan.Zero, TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    /// <summary>
    /// Starts the delivery of an event that the app subscribes to. Called under the workspace's lock; the event is sent
    /// after the lock is released.
    /// </summary>
    public void Raise(string subscription, JsonObject content)
    {
        if (!workspace.App.BotEvents.Contains(subscription, StringComparer.Ordinal))
            return;
        var envelope = Wrap(content);
        background.Start(cancellationToken => DeliverAsync(envelope, cancellationToken));
    }

    /// <summary>
    /// Sends a <c>url_verification</c> challenge to the events URL, as Slack does when the URL is saved.
    /// </summary>
    public async Task<JsonObject> VerifyUrlAsync(CancellationToken cancellationToken)
    {
        var challenge = IdSource.Secret(26);
        var body = new JsonObject
        {
            ["token"] = workspace.App.VerificationToken,
            ["challenge"] = challenge,
            ["type"] = "url_verification",
        };
        var answer = await delivery.SendAsync(Request("url_verification", body, 0, null), cancellationToken);
        var echoed = JsonExtensions.ParseOrText(answer.Body) switch
        {
            JsonObject json => json["challenge"].Text(),
            var node => node.Text(),
        };
        var verified = answer.Ok && string.Equals(echoed?.Trim(), challenge, StringComparison.Ordinal);
        return new JsonObject
        {
            ["ok"] = verified,
            ["status"] = answer.Status,
            ["elapsed_ms"] = answer.ElapsedMs,
            ["error"] = answer.Failure,
        };
    }

    private async Task DeliverAsync(JsonObject envelope, CancellationToken cancellationToken)
    {
        string? reason = null;
        var sent = clock.Now;
        for (var attempt = 0; attempt <= RetryDelays.Length; attempt++)
        {
            if (attempt > 0)
                await clock.WaitUntilAsync(sent + RetryDelays[attempt - 1], cancellationToken);
            sent = clock.Now;
            var lost = faults.Take("events") is { Kind: FaultKind.LostAnswer };
            var answer = await delivery.SendAsync(Request("event", envelope, attempt, reason), cancellationToken);
            if ((answer.Ok && !lost) || answer.NoRetry)
                return;
            reason = Reason(lost ? "operation_timeout" : answer.Failure, workspace.App.SocketMode);
        }
    }

    private static string Reason(string? failure, bool socket) =>
        failure switch
        {
            "operation_timeout" => socket ? "timeout" : "http_timeout",
            "http_error" => "http_error",
            "connection_failed" => "connection_failed",
            _ => "unknown_error",
        };

    private AppRequest Request(string kind, JsonObject body, int retry, string? reason) =>
        new(
            kind,
            workspace.App.EventsUrl,
            MediaTypeNames.Application.Json,
            Encoding.UTF8.GetBytes(body.ToWire()),
            "events_api",
            body
        )
        {
            RetryNum = retry,
            RetryReason = reason,
        };

    private JsonObject Wrap(JsonObject content) =>
        new()
        {
            ["token"] = workspace.App.VerificationToken,
            ["team_id"] = workspace.TeamId,
            ["context_team_id"] = workspace.TeamId,
            ["context_enterprise_id"] = workspace.Enterprise?.Id,
            ["api_app_id"] = workspace.App.AppId,
            ["event"] = content,
            ["type"] = "event_callback",
            ["event_id"] = "Ev" + IdSource.Secret(5).ToUpperInvariant(),
            ["event_time"] = clock.Now.ToUnixTimeSeconds(),
            ["authorizations"] = new JsonArray(
                new JsonObject
                {
                    ["enterprise_id"] = workspace.Enterprise?.Id,
                    ["team_id"] = workspace.IsOrgInstall ? null : workspace.TeamId,
                    ["user_id"] = workspace.App.BotUserId,
                    ["is_bot"] = true,
                    ["is_enterprise_install"] = workspace.IsOrgInstall,
                }
            ),
            ["is_ext_shared_channel"] = false,
            ["event_context"] = $"4-{IdSource.Secret(20)}",
        };
}
