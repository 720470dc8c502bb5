using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Hosting;
using SlackSimulator.Json;
using SlackSimulator.WebApi;

namespace SlackSimulator.Control;

/// <summary><c>/sim/traffic</c>, <c>/sim/violations</c>, <c>/sim/faults</c>, <c>/sim/limits</c> and <c>/sim/stream</c>.</summary>
internal sealed class ControlEndpoints(
    TrafficLog traffic,
    FaultBook faults,
    RateLimiter limits,
    MethodTable methods,
    ChangeLog changes,
    IHostApplicationLifetime lifetime
)
{
    private static readonly TimeSpan KeepAlive = TimeSpan.FromSeconds(15);

    public void Map(WebApplication app)
    {
        faults.Changed = () => changes.Publish("faults", Faults());
        app.MapGet("/sim/traffic", context => WriteAsync(context, "traffic", Traffic(context)));
        app.MapGet("/sim/violations", context => WriteAsync(context, "violations", traffic.Violating));
        app.MapGet("/sim/faults", context => context.WriteJsonAsync(Faults()));
        app.MapPut("/sim/faults", SetFaultsAsync);
        app.MapDelete(
            "/sim/faults",
            context =>
            {
                faults.Set([]);
                return context.WriteJsonAsync(Faults());
            }
        );
        app.MapGet("/sim/limits", context => context.WriteJsonAsync(Limits()));
        app.MapPut("/sim/limits", SetLimitsAsync);
        app.MapGet("/sim/stream", StreamAsync);
    }

    private static async Task WriteAsync(HttpContext context, string name, IReadOnlyList<TrafficEntry> entries)
    {
        var list = JsonSerializer.SerializeToNode(entries, ControlJson.Default.IReadOnlyListTrafficEntry);
        await context.WriteJsonAsync(new JsonObject { [name] = list });
    }

    /// <summary>What came after a number; of that the last so many.</summary>
    private IReadOnlyList<TrafficEntry> Traffic(HttpContext context)
    {
        var found = traffic.After(Number(context.Query("after")));
        return context.Query("last") is { } last ? [.. found.TakeLast((int)Number(last))] : found;
    }

    private async Task SetFaultsAsync(HttpContext context)
    {
        var body = await context.ReadBodyAsync();
        if (body["faults"] is not JsonArray list)
            throw SimError.Bad("invalid_fault", "The body is {\"faults\": [...]}.");
        faults.Set([.. list.Select(FaultJson.Read)], (int)Number(body["seed"].Scalar() ?? "1"));
        await context.WriteJsonAsync(Faults());
    }

    private async Task SetLimitsAsync(HttpContext context)
    {
        if ((await context.ReadBodyAsync())["rate_limits"] is { } enabled)
            limits.Enabled = enabled.IsTrue();
        changes.Publish("limits", Limits());
        await context.WriteJsonAsync(Limits());
    }

    /// <summary>Server-sent events, from now on or after <c>Last-Event-ID</c> (or <c>?after=</c>).</summary>
    private async Task StreamAsync(HttpContext context)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(
            context.RequestAborted,
            lifetime.ApplicationStopping
        );
        var ended = either.Token;
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        var resumed = context.Request.Headers["Last-Event-ID"].ToString() is { Length: > 0 } id
            ? id
            : context.Query("after");
        var number = resumed is null ? changes.Last : Number(resumed);
        await context.Response.WriteAsync(": the workspace's changes\n\n", ended);
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
                    await context.Response.WriteAsync(": still here\n\n", ended);
            }
        }
        catch (OperationCanceledException)
        {
            // The client went away.
        }
    }

    private JsonObject Faults() =>
        new()
        {
            ["faults"] = faults.Current.Select(fault => (JsonNode)FaultJson.Write(fault)).ToJsonArray(),
            ["methods"] = methods.Names.Concat(["response_url", "events"]).ToJsonArray(),
        };

    private JsonObject Limits() => new() { ["rate_limits"] = limits.Enabled };

    private static long Number(string? text) =>
        text is null ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number
        : throw SimError.Bad("invalid_number", $"{text} is not a number.");
}
