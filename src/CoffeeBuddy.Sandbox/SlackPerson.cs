using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace CoffeeBuddy.Sandbox;

/// <summary>A message as a person sees it.</summary>
public sealed record SeenMessage(
    string Channel,
    string Ts,
    string? ThreadTs,
    string Text,
    bool IsEphemeral,
    JsonNode Json
)
{
    /// <summary>All the text that is shown, in mrkdwn: that of the blocks where there are any; buttons in brackets.</summary>
    public string Shown { get; } =
        Json["blocks"] is JsonArray { Count: > 0 } blocks ? string.Join('\n', TextsOf(blocks)) : Text;

    /// <summary>The action ids of the buttons.</summary>
    public IReadOnlyList<string> Buttons { get; } =
        Json["blocks"] is JsonArray blocks
            ?
            [
                .. blocks
                    .SelectMany(block =>
                        ((block!["elements"] as JsonArray) ?? []).Append(block["accessory"]?.DeepClone())
                    )
                    .Where(element => (string?)element?["type"] == "button")
                    .Select(element => (string)element!["action_id"]!),
            ]
            : [];

    private static IEnumerable<string> TextsOf(JsonNode? node) =>
        node switch
        {
            JsonObject button when (string?)button["type"] == "button" => [$"[{button["text"]!["text"]}]"],
            JsonObject item when item["text"] is JsonValue text && (string?)item["type"] is "mrkdwn" or "plain_text" =>
            [
                (string)item["text"]!,
            ],
            JsonObject item => item.SelectMany(property => TextsOf(property.Value)),
            JsonArray items => items.SelectMany(TextsOf),
            _ => [],
        };
}

/// <summary>Acts as one person of the simulated workspace, through its HTTP API: what they type, click and see.</summary>
public sealed class SlackPerson(HttpClient simulator, string id)
{
    /// <summary>The longest anybody waits to see something.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    public string Id => id;

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
    /// <param name="broadcast">Whether what is written in a thread is sent to the channel too.</param>
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

    /// <summary>The open form, or null.</summary>
    public async Task<JsonNode?> ViewAsync()
    {
        using var response = await simulator.GetAsync($"sim/people/{id}/view");
        if (!response.IsSuccessStatusCode)
            return null;
        var answer = await ReadAsync(response);
        return answer["view"] ?? answer;
    }

    /// <summary>Submits the open form with these values; what is not given keeps what is filled in.</summary>
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

    /// <summary>Everything the person sees in a channel, threads included; "dm" is the conversation with the app.</summary>
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

    /// <summary>Waits until the person sees a message like this; the newest one.</summary>
    /// <exception cref="TimeoutException">Nothing of the kind appeared; says what is there instead.</exception>
    public async Task<SeenMessage> WaitToSeeAsync(
        string channel,
        Func<SeenMessage, bool> like,
        TimeSpan? patience = null
    )
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var messages = await SeesAsync(channel);
            if (messages.LastOrDefault(like) is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(started) > (patience ?? Patience))
                throw new TimeoutException(
                    $"{id} waited in {channel} in vain and sees: {string.Join(" | ", messages.Select(message => message.Shown))}"
                );
            await Task.Delay(Pause);
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
