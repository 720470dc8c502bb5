using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Sandbox.Slack;

/// <summary>
/// Types, clicks and reads as one person of the simulated workspace, through the simulator's HTTP API.
/// </summary>
public sealed class SlackPerson(HttpClient simulator, string id)
{
    private static readonly TimeSpan DefaultTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(40);

    public string Id => id;

    /// <summary>The app has not answered within Slack's 3 s, which Slack tells the person.</summary>
    /// <param name="answer">What the simulator answered to a command or a submitted form.</param>
    public static bool IsTimeout(JsonNode answer) => (string?)answer["error"] == "operation_timeout";

    /// <summary>Types a slash command.</summary>
    public Task<JsonNode> CommandAsync(string channel, string command, string text = "") =>
        PostAsync(
            "commands",
            new
            {
                channel,
                command,
                text,
            }
        );

    /// <summary>Writes in a channel or a thread.</summary>
    /// <param name="broadcast">Send a reply in a thread to the channel too.</param>
    public Task<JsonNode> SayAsync(string channel, string text, string? threadTs = null, bool broadcast = false) =>
        PostAsync(
            "messages",
            new
            {
                channel,
                text,
                thread_ts = threadTs,
                reply_broadcast = broadcast,
            }
        );

    /// <summary>The open form; null if none is open.</summary>
    public async Task<JsonNode?> ViewAsync()
    {
        using var response = await simulator.GetAsync($"sim/people/{id}/view");
        if (!response.IsSuccessStatusCode)
            return null;
        var answer = await ReadAsync(response);
        return answer["view"] ?? answer;
    }

    /// <summary>Submits the open form with these values. Inputs that are not named keep their current value.</summary>
    public Task<JsonNode> SubmitAsync(params (string Input, object Value)[] values) =>
        PostAsync(
            "view/submit",
            new
            {
                values = values.ToDictionary(
                    value => value.Input,
                    value => new Dictionary<string, object> { [value.Input.Split(':')[0]] = value.Value }
                ),
            }
        );

    /// <summary>Clicks a button of a message.</summary>
    public Task<JsonNode> ClickAsync(SeenMessage message, string actionId) =>
        PostAsync(
            "actions",
            new
            {
                channel = message.Channel,
                ts = message.Ts,
                action_id = actionId,
            }
        );

    /// <summary>Clicks a button of the open form or the App Home.</summary>
    public Task<JsonNode> ClickAsync(string where, string actionId) =>
        PostAsync("actions", new Dictionary<string, object> { [where] = true, ["action_id"] = actionId });

    /// <summary>Clicks the button with this value, of several with one action.</summary>
    public Task<JsonNode> ClickAsync(string where, string actionId, string value) =>
        PostAsync(
            "actions",
            new Dictionary<string, object>
            {
                [where] = true,
                ["action_id"] = actionId,
                ["value"] = value,
            }
        );

    /// <summary>Chooses a person in the open form.</summary>
    public Task<JsonNode> ChooseAsync(string actionId, SlackPerson person) =>
        PostAsync(
            "actions",
            new Dictionary<string, object>
            {
                ["view"] = true,
                ["action_id"] = actionId,
                ["selected_user"] = person.Id,
            }
        );

    /// <summary>Chooses a channel in the open form.</summary>
    public Task<JsonNode> ChooseChannelAsync(string actionId, string channel) =>
        PostAsync(
            "actions",
            new Dictionary<string, object>
            {
                ["view"] = true,
                ["action_id"] = actionId,
                ["selected_conversation"] = channel,
            }
        );

    /// <summary>
    /// All messages the person sees in a channel, with threads. The channel "dm" is the conversation with the app.
    /// </summary>
    public async Task<IReadOnlyList<SeenMessage>> SeesAsync(string channel)
    {
        using var response = await simulator.GetAsync($"sim/people/{id}/messages?channel={channel}&all=true");
        if (!response.IsSuccessStatusCode)
            return [];
        var answer = await ReadAsync(response);
        var channelId = (string?)answer["channel"] ?? channel;
        return
        [
            .. ((JsonArray)answer["messages"]!).Select(message => new SeenMessage(
                channelId,
                (string)message!["ts"]!,
                (string?)message["thread_ts"],
                (string?)message["text"] ?? "",
                (bool?)message["is_ephemeral"] ?? false,
                message
            )),
        ];
    }

    /// <summary>Waits until the person sees a message that matches, and returns the newest one.</summary>
    /// <param name="timeout">60 s if null.</param>
    /// <exception cref="TimeoutException">No such message appeared. Its text lists the messages that are
    /// there.</exception>
    public async Task<SeenMessage> WaitToSeeAsync(
        string channel,
        Func<SeenMessage, bool> matches,
        TimeSpan? timeout = null
    )
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var messages = await SeesAsync(channel);
            if (messages.LastOrDefault(matches) is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(started) > (timeout ?? DefaultTimeout))
                throw new TimeoutException(
                    $"{id} did not see the expected message in {channel}, but: {string.Join(" | ", messages.Select(message => message.Shown))}"
                );
            await Task.Delay(Interval);
        }
    }

    private async Task<JsonNode> PostAsync(string path, object body)
    {
        using var response = await simulator.PostAsJsonAsync($"sim/people/{id}/{path}", body);
        return await ReadAsync(response);
    }

    private static async Task<JsonNode> ReadAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync();
        try
        {
            return JsonNode.Parse(text) ?? throw new JsonException("nothing");
        }
        catch (JsonException exception)
        {
            throw new InvalidOperationException(
                $"The simulator answered {(int)response.StatusCode}: {text}",
                exception
            );
        }
    }
}
