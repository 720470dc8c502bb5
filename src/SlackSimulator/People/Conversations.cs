using SlackSimulator.Json;
using SlackSimulator.Model;
using SlackSimulator.ToApp;

namespace SlackSimulator.People;

/// <summary>What a person writes, edits, deletes and reads, and opening the app's home.</summary>
internal sealed class Conversations(
    Workspace workspace,
    Lookup lookup,
    MessageBoard messages,
    ViewBoard views,
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
                throw SimError.Bad("is_archived", "The channel is archived.");
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

    /// <summary>What the person sees: the channel, one thread of it, or with <paramref name="everything"/> all of both; the newest <paramref name="limit"/>.</summary>
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
        threadTs is null
            ? !message.IsReply || message.ReplyBroadcast
            : string.Equals(message.Ts, threadTs, StringComparison.Ordinal)
                || string.Equals(message.ThreadTs, threadTs, StringComparison.Ordinal);

    private (Channel Channel, Message Message) Own(Person person, string? channelName, string? ts)
    {
        var channel = lookup.Channel(person, channelName);
        var message = Lookup.Message(person, channel, ts ?? throw SimError.Bad("no_ts", "ts is needed."));
        return string.Equals(message.User, person.Id, StringComparison.Ordinal)
            ? (channel, message)
            : throw SimError.Bad("not_own_message", "One changes one's own messages only.");
    }

    private JsonObject Shown(Person person, Channel channel, Message message)
    {
        var json = workspace.Message(message, channel);
        json["is_ephemeral"] = message.IsEphemeral;
        if (message.ThreadTs is not null)
            json["thread_ts"] = message.ThreadTs;
        json["sender"] = workspace.PersonById(message.User)?.Shown;
        // What this person has chosen in its menus.
        if (message.States.TryGetValue(person.Id, out var state))
            json["state"] = state.ToJson();
        return json;
    }

    private string Text(JsonObject body) =>
        body["text"].Text() is { Length: > 0 } text
            ? MessageText.Encode(text, workspace, body["markup"].IsTrue())
            : throw SimError.Bad("no_text", "text is needed.");
}
