using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>A person's conversations, and up to which message each is read.</summary>
internal sealed class ReadMarkers(Workspace workspace, Lookup lookup, ChangeLog changes)
{
    private readonly Dictionary<(string User, string Channel), string> _read = [];

    /// <summary>The conversations the person is a member of.</summary>
    public JsonObject List(string user)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var own = workspace.Channels.Where(channel => channel.HasMember(person.Id));
            return new JsonObject
            {
                ["conversations"] = own.Select(channel => (JsonNode)Describe(person, channel)).ToJsonArray(),
            };
        }
    }

    /// <summary>Marks the messages up to <c>ts</c> as read. A marker does not move back.</summary>
    public JsonObject Mark(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var channel = lookup.Channel(person, body["channel"].Text());
            var ts =
                body["ts"].Text() ?? throw SimulatorError.BadRequest("no_ts", "ts of the last message read is needed.");
            if (string.CompareOrdinal(ts, Last(person, channel)) > 0)
            {
                _read[(person.Id, channel.Id)] = ts;
                changes.Publish(
                    "channel.read",
                    new JsonObject
                    {
                        ["user"] = person.Id,
                        ["channel"] = channel.Id,
                        ["ts"] = ts,
                    }
                );
            }

            return Describe(person, channel);
        }
    }

    private JsonObject Describe(Person person, Channel channel)
    {
        var last = Last(person, channel);
        var unread = channel
            .Messages.Where(message => string.CompareOrdinal(message.Ts, last) > 0 && Counts(person, message))
            .ToList();
        return new JsonObject
        {
            ["id"] = channel.Id,
            ["name"] = channel.Name,
            ["kind"] = channel.EventType,
            ["is_private"] = channel.Kind != ChannelKind.Public,
            ["is_archived"] = channel.IsArchived,
            ["with_app"] = channel.Kind == ChannelKind.DirectMessage && channel.HasMember(workspace.App.BotUserId),
            ["members"] = channel.Members.ToJsonArray(),
            ["last_read"] = last,
            ["unread"] = unread.Count,
            ["mentions"] = unread.Count(message => MessageText.Mentions(message.Text, person.Id)),
        };
    }

    // Replies in threads are not counted, because a marker covers a whole conversation and would never mark them as
    // read. Ephemeral and deleted messages are not counted either.
    private static bool Counts(Person person, Message message) =>
        !string.Equals(message.User, person.Id, StringComparison.Ordinal)
        && (!message.IsReply || message.ReplyBroadcast)
        && !message.IsEphemeral
        && !message.IsDeleted;

    private string Last(Person person, Channel channel) => _read.GetValueOrDefault((person.Id, channel.Id), "0");
}
