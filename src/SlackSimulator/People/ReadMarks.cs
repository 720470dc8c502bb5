using SlackSimulator.Control;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.People;

/// <summary>Which conversations a person is in, how far they have read, and what is unread.</summary>
internal sealed class ReadMarks(Workspace workspace, Lookup lookup, ChangeLog changes)
{
    private readonly Dictionary<(string User, string Channel), string> _read = [];

    /// <summary>The person's channels, and the direct messages with the app once there are any.</summary>
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

    /// <summary>Marks everything up to a message as read; a mark never goes back.</summary>
    public JsonObject Mark(string user, JsonObject body)
    {
        lock (workspace.Gate)
        {
            var person = lookup.Person(user);
            var channel = lookup.Channel(person, body["channel"].Text());
            var ts = body["ts"].Text() ?? throw SimError.Bad("no_ts", "ts is needed: that of the last message read.");
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

    // What is said within a thread is marked as read by nobody: the marks go by conversation. What only one person sees, and what is no more, is nothing to catch up on.
    private static bool Counts(Person person, Message message) =>
        !string.Equals(message.User, person.Id, StringComparison.Ordinal)
        && (!message.IsReply || message.ReplyBroadcast)
        && !message.IsEphemeral
        && message.Subtype is not "tombstone";

    private string Last(Person person, Channel channel) => _read.GetValueOrDefault((person.Id, channel.Id), "0");
}
