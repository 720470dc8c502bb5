using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.ToApp;

/// <summary>
/// Sends requests to the app over HTTP or Socket Mode, as configured, and records them in the traffic.
/// </summary>
internal sealed class AppDelivery(
    WorkspaceClock clock,
    AppSettings app,
    HttpTransport http,
    SocketMode socket,
    TrafficLog traffic
)
{
    public async Task<AppAnswer> SendAsync(AppRequest request, CancellationToken cancellationToken)
    {
        var at = clock.Now;
        var bySocket = app.Current.SocketMode && request.Kind is not "url_verification";
        var (answer, signature) = bySocket
            ? (await socket.SendAsync(request, cancellationToken), null)
            : await http.SendAsync(request, cancellationToken);
        traffic.Add(
            new TrafficEntry(
                0,
                at,
                "to_app",
                request.Kind,
                bySocket ? "socket" : request.Url?.ToString(),
                answer.Status,
                answer.ElapsedMs,
                TrafficLog.Redact(request.Payload).ToElement(),
                JsonExtensions.ParseOrText(answer.Body)?.ToElement(),
                answer.Failure,
                RetryNum: request.RetryNum > 0 ? request.RetryNum : null,
                RetryReason: request.RetryReason,
                Signature: signature
            )
        );
        return answer;
    }
}
