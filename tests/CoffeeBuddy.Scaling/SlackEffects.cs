using System.Text.Json;
using SlackSimulator;

namespace CoffeeBuddy.Scaling;

/// <summary>Counts what people see in Slack, from the simulator's traffic.</summary>
internal sealed class SlackEffects(SimulatorServer slack)
{
    private readonly Dictionary<(string Channel, string Person), int> _confirmations = [];
    private readonly Dictionary<(string Channel, bool InThread), int> _posts = [];
    private long _last;

    /// <summary>How often each order was confirmed.</summary>
    public IReadOnlyDictionary<(string Channel, string Person), int> Confirmations => _confirmations;

    /// <summary>Messages in each channel, and in the threads of each channel.</summary>
    public IReadOnlyDictionary<(string Channel, bool InThread), int> Posts => _posts;

    /// <summary>Time of the newest confirmation.</summary>
    public DateTimeOffset LastConfirmation { get; private set; }

    public void Follow()
    {
        foreach (var entry in slack.Traffic.After(_last))
        {
            _last = entry.Number;
            if (
                entry is not { Direction: "from_app", Payload: { } payload, Answer: { } answer }
                || !(answer.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True)
            )
                continue;
            if (entry.Kind == "chat.postEphemeral")
            {
                var order = (Text(payload, "channel"), Text(payload, "user"));
                _confirmations[order] = _confirmations.GetValueOrDefault(order) + 1;
                LastConfirmation = entry.At.AddMilliseconds(entry.ElapsedMs);
            }
            else if (entry.Kind == "chat.postMessage")
            {
                var place = (Text(payload, "channel"), Text(payload, "thread_ts").Length > 0);
                _posts[place] = _posts.GetValueOrDefault(place) + 1;
            }
        }
    }

    private static string Text(JsonElement payload, string name) =>
        payload.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";
}
