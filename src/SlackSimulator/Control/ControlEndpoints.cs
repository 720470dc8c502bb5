using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using SlackSimulator.Json;
using SlackSimulator.WebApi;

namespace SlackSimulator.Control;

/// <summary>
/// <c>/sim/traffic</c>, <c>/sim/violations</c>, <c>/sim/faults</c>, <c>/sim/limits</c> and <c>/sim/stream</c>.
/// </summary>
internal sealed class ControlEndpoints(
    TrafficLog traffic,
    FaultInjector faults,
    RateLimiter limits,
    MethodTable methods,
    ChangeLog changes,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan ReconnectAfter = TimeSpan.FromMilliseconds(500);

    public void Map(WebApplication app)
    {
        faults.Changed = () => changes.Publish("faults", Faults());
        app.MapGet("/sim/traffic", (string? after, string? last) => Entries("traffic", Traffic(after, last)));
        app.MapGet("/sim/violations", () => Entries("violations", traffic.Violating));
        app.MapGet("/sim/faults", Faults);
        app.MapPut("/sim/faults", SetFaults);
        app.MapDelete("/sim/faults", ClearFaults);
        app.MapGet("/sim/limits", Limits);
        app.MapPut("/sim/limits", SetLimits);
        app.MapGet("/sim/stream", StreamAsync);
    }

    private static JsonObject Entries(string name, IReadOnlyList<TrafficEntry> entries) =>
        new() { [name] = JsonSerializer.SerializeToNode(entries, ControlJson.Default.IReadOnlyListTrafficEntry) };

    /// <summary>
    /// The entries numbered above <paramref name="after"/>; of these only the newest <paramref name="last"/>.
    /// </summary>
    private IReadOnlyList<TrafficEntry> Traffic(string? after, string? last)
    {
        var found = traffic.After(Number(after));
        return last is null ? found : [.. found.TakeLast((int)Number(last))];
    }

    private JsonObject SetFaults(RequestBody body)
    {
        if (body["faults"] is not JsonArray list)
            throw SimulatorError.BadRequest("invalid_fault", "The body is {\"faults\": [...]}.");
        faults.Set([.. list.Select(FaultJson.Read)], (int)Number(body["seed"].Scalar() ?? "1"));
        return Faults();
    }

    private JsonObject ClearFaults()
    {
        faults.Set([]);
        return Faults();
    }

    private JsonObject SetLimits(RequestBody body)
    {
        if (body["rate_limits"] is { } enabled)
            limits.Enabled = enabled.IsTrue();
        changes.Publish("limits", Limits());
        return Limits();
    }

    /// <summary>
    /// Server-sent events: the changes after <c>Last-Event-ID</c> or <c>?after=</c>, without either only new ones.
    /// </summary>
    private async Task StreamAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        var ended = either.Token;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var number = ResumeAfter(context.Request) is { } resumed ? Number(resumed) : changes.Last;
        // The first line also sends the headers, so that the browser reports the stream as open before the first
        // change.
        await context.Response.WriteAsync($"retry: {ReconnectAfter.TotalMilliseconds}\n\n", ended);
        try
        {
            while (true)
            {
                await context.Response.Body.FlushAsync(ended);
                var (found, more) = changes.After(number);
                foreach (var change in found)
                {
                    await context.Response.WriteAsync(
                        $"id: {change.Number}\nevent: {change.Type}\ndata: {change.Data}\n\n",
                        ended
                    );
                    number = change.Number;
                }

                if (found.Count == 0 && await Task.WhenAny(more, Task.Delay(KeepAlive, ended)) != more)
                    await context.Response.WriteAsync(": keep-alive\n\n", ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The client disconnected or the server is stopping.
        }
    }

    private static string? ResumeAfter(HttpRequest request) =>
        request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id ? id
        : request.Query["after"].ToString() is { Length: > 0 } after ? after
        : null;

    private JsonObject Faults() =>
        new()
        {
            ["faults"] = faults.Current.Select(fault => (JsonNode)FaultJson.Write(fault)).ToJsonArray(),
            ["methods"] = methods.Names.Concat(["response_url", "webhook", "events"]).ToJsonArray(),
        };

    private JsonObject Limits() => new() { ["rate_limits"] = limits.Enabled };

    private static long Number(string? text) =>
        text is not { Length: > 0 } ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw SimulatorError.BadRequest("invalid_number", $"{text} is not a number.");
}
