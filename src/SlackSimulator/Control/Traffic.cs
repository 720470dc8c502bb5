using System.Text.Json.Serialization;
using SlackSimulator.BlockKit;
using SlackSimulator.Json;

namespace SlackSimulator.Control;

/// <summary>A request and its answer.</summary>
/// <param name="Number">Consecutive number, beginning with 1.</param>
/// <param name="At">Workspace time of the request.</param>
/// <param name="Direction"><c>from_app</c> or <c>to_app</c>.</param>
/// <param name="Kind">The Web API method, or <c>response_url</c>, <c>command</c>, <c>interaction</c>, <c>event</c>,
/// <c>url_verification</c>.</param>
/// <param name="Url">The path at the simulator or the URL at the app; <c>socket</c> for Socket Mode.</param>
/// <param name="Status">The HTTP status; null when there was no answer.</param>
/// <param name="ElapsedMs">The time from request to answer, in milliseconds of real time.</param>
/// <param name="Payload">The request's body, without tokens.</param>
/// <param name="Answer">The answer's body.</param>
/// <param name="Error">Why the request failed, such as <c>operation_timeout</c> or Slack's error code; null when it
/// succeeded.</param>
/// <param name="Fault">The name of the <see cref="FaultKind"/> that was injected, or null.</param>
/// <param name="RetryNum">The number of the retry, for an event that is sent again.</param>
/// <param name="RetryReason">Slack's reason for the retry, such as <c>http_timeout</c>.</param>
/// <param name="Signature">The <c>X-Slack-Signature</c> sent to the app.</param>
public sealed record TrafficEntry(
    long Number,
    DateTimeOffset At,
    string Direction,
    string Kind,
    string? Url,
    int? Status,
    double ElapsedMs,
    JsonElement? Payload,
    JsonElement? Answer,
    string? Error = null,
    string? Fault = null,
    int? RetryNum = null,
    string? RetryReason = null,
    string? Signature = null
)
{
    /// <summary>Slack's rules that the request of the app, or its answer, violates.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];
}

/// <summary>
/// The latest requests in both directions, at most <see cref="SimulatorOptions.TrafficCapacity"/>. Tokens are not kept.
/// Thread-safe.
/// </summary>
public sealed class TrafficLog
{
    private readonly Lock _gate = new();
    private readonly Queue<TrafficEntry> _entries = new();
    private readonly Queue<TrafficEntry> _violating = new();
    private readonly int _capacity;
    private readonly ChangeLog _changes;
    private long _last;

    internal TrafficLog(int capacity, ChangeLog changes) => (_capacity, _changes) = (capacity, changes);

    /// <summary>
    /// The entries numbered above <paramref name="number"/>, oldest first; 0 returns all that are kept.
    /// </summary>
    public IReadOnlyList<TrafficEntry> After(long number)
    {
        lock (_gate)
            return [.. _entries.Where(entry => entry.Number > number)];
    }

    /// <summary>
    /// The entries in which the app violated one of Slack's rules. They have their own capacity, so that other traffic
    /// does not displace them.
    /// </summary>
    public IReadOnlyList<TrafficEntry> Violating
    {
        get
        {
            lock (_gate)
                return [.. _violating];
        }
    }

    internal void Add(TrafficEntry entry)
    {
        lock (_gate)
        {
            entry = entry with { Number = ++_last };
            Keep(_entries, entry);
            if (entry.Violations.Count > 0)
                Keep(_violating, entry);
        }

        _changes.Publish(
            "traffic",
            new JsonObject
            {
                ["number"] = entry.Number,
                ["direction"] = entry.Direction,
                ["kind"] = entry.Kind,
                ["status"] = entry.Status,
                ["elapsed_ms"] = entry.ElapsedMs,
                ["error"] = entry.Error,
                ["violations"] = entry.Violations.Count,
            }
        );
    }

    /// <summary>A copy without tokens and secrets.</summary>
    internal static JsonObject Redact(JsonObject payload)
    {
        var copy = payload.Clone();
        foreach (var name in (string[])["token", "access_token", "client_secret"])
        {
            if (copy.ContainsKey(name))
                copy[name] = "(not kept)";
        }

        return copy;
    }

    private void Keep(Queue<TrafficEntry> queue, TrafficEntry entry)
    {
        queue.Enqueue(entry);
        if (queue.Count > _capacity)
            queue.Dequeue();
    }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull
)]
[JsonSerializable(typeof(IReadOnlyList<TrafficEntry>))]
internal sealed partial class ControlJson : JsonSerializerContext;
