using System.Text.Json.Serialization;
using SlackSimulator.BlockKit;
using SlackSimulator.Json;

namespace SlackSimulator.Control;

/// <summary>One request and its answer.</summary>
/// <param name="Direction"><c>from_app</c> or <c>to_app</c>.</param>
/// <param name="Kind">Web API method, <c>response_url</c>, <c>command</c>, <c>interaction</c>, <c>event</c> or <c>url_verification</c>.</param>
/// <param name="Status">HTTP status; null when there was no answer.</param>
/// <param name="Error">What went wrong, such as <c>operation_timeout</c> or Slack's error code.</param>
/// <param name="Fault">The fault injected into it.</param>
/// <param name="Signature">The signature sent with it.</param>
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
    /// <summary>Slack's limits and rules the app broke in it.</summary>
    public IReadOnlyList<Violation> Violations { get; init; } = [];
}

/// <summary>The last requests in both directions, bounded; tokens are never kept.</summary>
public sealed class TrafficLog
{
    private readonly Lock _gate = new();
    private readonly Queue<TrafficEntry> _entries = new();
    private readonly Queue<TrafficEntry> _violating = new();
    private readonly int _capacity;
    private readonly ChangeLog _changes;
    private long _last;

    internal TrafficLog(int capacity, ChangeLog changes) => (_capacity, _changes) = (capacity, changes);

    /// <summary>Entries numbered above <paramref name="number"/>, oldest first.</summary>
    public IReadOnlyList<TrafficEntry> After(long number)
    {
        lock (_gate)
            return [.. _entries.Where(entry => entry.Number > number)];
    }

    /// <summary>Entries in which the app broke a rule; kept apart, so that traffic does not push them out.</summary>
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

    /// <summary>A copy without the token and other secrets.</summary>
    internal static JsonObject Redact(JsonObject payload)
    {
        var copy = payload.Clone();
        if (copy.ContainsKey("token"))
            copy["token"] = "(not kept)";
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
