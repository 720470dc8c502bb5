using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.RegularExpressions;
using SlackSimulator;
using SlackSimulator.Control;

namespace CoffeeBuddy.Chaos.Record;

/// <summary>A click or an event that the app handles through Kafka.</summary>
/// <param name="Id">The id in processed_events.</param>
/// <param name="Answered">True if the app answered with success. Otherwise it can still have accepted it.</param>
public sealed record Asked(string Id, string What, string Person, Guid? RunId, DateTimeOffset At, bool Answered);

/// <summary>
/// Reads the simulator's traffic log and keeps what the invariants need: the posts, the lost answers, and the requests
/// to the app.
/// </summary>
internal sealed partial class SlackRecord(SimulatorServer slack, Board board)
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private static readonly string[] HandledLater = ["order_withdraw", "run_complete", "run_cancel", "away_toggle"];

    private readonly ConcurrentDictionary<string, string> _personOfConversation = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, int> _faults = new(StringComparer.Ordinal);
    private readonly List<Post> _posts = [];
    private readonly List<Asked> _asked = [];
    private readonly HashSet<(string Person, string Text)> _unheard = [];
    private long _last;

    public IReadOnlyList<Post> Posts => _posts;

    public IReadOnlyList<Asked> AskedForLater => _asked;

    /// <summary>
    /// Ephemeral messages whose call failed with a closed connection or 5xx. The app cannot know whether they were
    /// shown: both can happen before or after Slack has executed the call.
    /// </summary>
    public IReadOnlySet<(string Person, string Text)> Unheard => _unheard;

    /// <summary>Number of Web API calls.</summary>
    public int Calls { get; private set; }

    /// <summary>Number of calls with a fault, by kind.</summary>
    public IReadOnlyDictionary<string, int> Faults => _faults;

    public async Task FollowAsync(CancellationToken cancellation)
    {
        while (!cancellation.IsCancellationRequested)
        {
            Drain();
            await Pauses.AtMostAsync(Interval, cancellation);
        }

        Drain();
    }

    private void Drain()
    {
        foreach (var entry in slack.Traffic.After(_last))
        {
            _last = entry.Number;
            if (entry.Direction == "from_app")
                Called(entry);
            else if (entry.Payload is { } payload)
                Sent(entry, payload);
        }
    }

    private void Called(TrafficEntry entry)
    {
        Calls++;
        if (entry.Fault is { } fault)
            _faults[fault] = _faults.GetValueOrDefault(fault) + 1;
        if (
            entry is
            {
                Kind: "chat.postEphemeral",
                Fault: nameof(FaultKind.Reset) or nameof(FaultKind.Error),
                Payload: { } refused
            }
        )
            _unheard.Add((refused.Text("user"), refused.Text("text")));
        if (
            entry is not { Payload: { } payload, Answer: { ValueKind: JsonValueKind.Object } answer }
            || !(answer.TryGetProperty("ok", out var ok) && ok.ValueKind == JsonValueKind.True)
        )
            return;
        if (entry.Kind == "conversations.open")
            _personOfConversation[answer.GetProperty("channel").GetProperty("id").GetString()!] = payload.Text("users");
        if (entry.Kind is not ("chat.postMessage" or "chat.postEphemeral"))
            return;

        var ephemeral = entry.Kind == "chat.postEphemeral";
        var channel = payload.Text("channel");
        var direct = channel.StartsWith('D');
        var thread = payload.Text("thread_ts") is { Length: > 0 } ts ? ts : null;
        var shown = string.Join('\n', payload.Texts());
        var post = new Post(
            entry.Number,
            entry.At,
            MessageKinds.Of(shown, direct, ephemeral, thread is not null),
            channel,
            answer.Text(ephemeral ? "message_ts" : "ts"),
            thread,
            ephemeral ? payload.Text("user")
                : direct ? _personOfConversation.GetValueOrDefault(channel, "")
                : "",
            payload
                .Texts()
                .Select(text => Guid.TryParse(text, out var id) ? id : (Guid?)null)
                .FirstOrDefault(id => id is not null),
            payload.Text("text"),
            Mention().Matches(shown).Select(match => match.Groups["id"].Value).ToHashSet(StringComparer.Ordinal),
            entry.Fault is nameof(FaultKind.LostAnswer) or nameof(FaultKind.SlowAnswer)
        );
        _posts.Add(post);
        board.Pin(post);
    }

    private void Sent(TrafficEntry entry, JsonElement payload)
    {
        switch (entry.Kind)
        {
            case "event"
                when payload.TryGetProperty("event", out var content)
                    && content.Text("type") == "message"
                    && content.Text("thread_ts").Length > 0
                    && content.Text("bot_id").Length == 0
                    && content.Text("subtype").Length == 0:
                _asked.Add(
                    new(
                        // Slack can send one message under several event ids.
                        $"message:{content.Text("channel")}:{content.Text("ts")}:",
                        "order in thread",
                        content.Text("user"),
                        null,
                        entry.At,
                        entry.Status == 200
                    )
                );
                break;
            case "interaction"
                when payload.TryGetProperty("actions", out var actions)
                    && HandledLater.Contains(actions[0].Text("action_id")):
                var person = payload.GetProperty("user").Text("id");
                var container = payload.GetProperty("container");
                var id =
                    $"click:{container.Text("channel_id")}:{container.Text("message_ts")}:{actions[0].Text("action_ts")}:{person}";
                _asked.Add(
                    new(
                        id,
                        actions[0].Text("action_id"),
                        person,
                        Guid.TryParse(actions[0].Text("value"), out var run) ? run : null,
                        entry.At,
                        entry.Status == 200
                    )
                );
                break;
        }
    }

    [GeneratedRegex("<@(?<id>[A-Z0-9]+)>", RegexOptions.None, 1000)]
    private static partial Regex Mention();
}
