using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>Posts, edits, deletes and reads messages as a person, and opens the App Home.</summary>
internal sealed class Conversations(
    Workspace workspace,
    Lookup lookup,
    MessageStore messages,
    ViewStore views,
    EventDelivery events
)
{
    public JsonObject Post(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var channel = lookup.Channel(person, body["channel"].Text());
            if (channel.IsArchived)
                throw SimulatorError.BadRequest("is_archived", "The channel is archived.");
            var text = Text(body);
            var thread = body["thread_ts"].Text() is { } ts ? Lookup.Message(person, channel, ts) : null;
            var message = messages.Post(
                channel,
                new Message
                {
                    Channel = channel.Id,
                    Ts = workspace.Ids.NextTs(),
                    User = person.Id,
                    Text = text,
                    Blocks = MessageText.RichText(text),
                    ThreadTs = thread?.ThreadTs ?? thread?.Ts,
                    ReplyBroadcast = thread is not null && body["reply_broadcast"].IsTrue(),
                    ClientMessageId = Guid.NewGuid().ToString(),
                }
            );
            return new JsonObject
            {
                ["ok"] = true,
                ["channel"] = channel.Id,
                ["ts"] = message.Ts,
            };
        }
    }

    public JsonObject Edit(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var (channel, message) = Own(person, body["channel"].Text(), body["ts"].Text());
            var text = Text(body);
            messages.Edit(
                channel,
                message,
                person.Id,
                changed => (changed.Text, changed.Blocks) = (text, MessageText.RichText(text))
            );
            return new JsonObject
            {
                ["ok"] = true,
                ["channel"] = channel.Id,
                ["ts"] = message.Ts,
            };
        }
    }

    public JsonObject Delete(string user, string? channelName, string? ts)
    {
        lock (workspace.Gate)
        {
            var (channel, message) = Own(lookup.Person(user), channelName, ts);
            messages.Delete(channel, message);
            return new JsonObject
            {
                ["ok"] = true,
                ["channel"] = channel.Id,
                ["ts"] = message.Ts,
            };
        }
    }

    /// <summary>The messages the person sees, oldest first.</summary>
    /// <param name="threadTs">Reads this thread only; null or empty reads the channel without replies.</param>
    /// <param name="everything">Reads the channel and all of its threads.</param>
    /// <param name="limit">Reads only the newest messages, at most this many.</param>
    public JsonObject Read(string user, string? channelName, string? threadTs, bool everything, int? limit)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var channel = lookup.Channel(person, channelName);
            var seen = channel
                .Messages.Where(message => Lookup.Sees(person, message) && (everything || IsIn(message, threadTs)))
                .ToList();
            var shown = seen.Skip(Math.Max(seen.Count - (limit ?? seen.Count), 0));
            return new JsonObject
            {
                ["channel"] = channel.Id,
                ["messages"] = shown.Select(message => (JsonNode)Shown(person, channel, message)).ToJsonArray(),
                ["has_more"] = limit < seen.Count,
            };
        }
    }

    public JsonObject OpenHome(string user, string tab)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var content = new JsonObject
            {
                ["type"] = "app_home_opened",
                ["user"] = person.Id,
                ["channel"] = workspace.DirectMessages(person.Id).Id,
                ["tab"] = tab,
                ["event_ts"] = workspace.Ids.NextTs(),
            };
            if (tab is "home" && views.Home(person.Id) is { } home)
                content["view"] = workspace.View(home, withState: true);
            events.Raise("app_home_opened", content);
            return new JsonObject { ["ok"] = true };
        }
    }

    private static bool IsIn(Message message, string? threadTs) =>
        string.IsNullOrEmpty(threadTs)
            ? !message.IsReply || message.ReplyBroadcast
            : string.Equals(message.Ts, threadTs, StringComparison.Ordinal)
                || string.Equals(message.ThreadTs, threadTs, StringComparison.Ordinal);

    private (Channel Channel, Message Message) Own(Person person, string? channelName, string? ts)
    {
        var channel = lookup.Channel(person, channelName);
        var message = Lookup.Message(person, channel, ts ?? throw SimulatorError.BadRequest("no_ts", "ts is needed."));
        if (message.IsDeleted)
            throw SimulatorError.NotFound("message", message.Ts);
        return string.Equals(message.User, person.Id, StringComparison.Ordinal)
            ? (channel, message)
            : throw SimulatorError.BadRequest("not_own_message", "A person can change only their own messages.");
    }

    private JsonObject Shown(Person person, Channel channel, Message message)
    {
        var json = workspace.Message(message, channel);
        json["is_ephemeral"] = message.IsEphemeral;
        if (message.ThreadTs is not null)
            json["thread_ts"] = message.ThreadTs;
        json["sender"] = workspace.PersonById(message.User)?.Shown;
        if (message.States.TryGetValue(person.Id, out var state))
            json["state"] = state.ToJson();
        return json;
    }

    private string Text(JsonObject body) =>
        body["text"].Text() is { Length: > 0 } text
            ? MessageText.Encode(text, workspace, body["markup"].IsTrue())
            : throw SimulatorError.BadRequest("no_text", "text is needed.");
}
