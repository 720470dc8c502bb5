using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>The <c>conversations.*</c> methods that open and read conversations.</summary>
internal sealed class ConversationMethods(Workspace workspace, ChannelAccess access) : IMethodFamily
{
    private static readonly string[] Read = ["channels:read", "groups:read", "im:read", "mpim:read"];
    private static readonly string[] History = ["channels:history", "groups:history", "im:history", "mpim:history"];

    public IEnumerable<Method> All =>
        [
            new("conversations.open", Tier.Three, Open, ["im:write", "mpim:write"]),
            new("conversations.info", Tier.Three, Info, Read, TakesJson: false),
            new("conversations.list", Tier.Two, List, Read, TakesJson: false),
            new("users.conversations", Tier.Three, OfUser, Read, TakesJson: false),
            new("conversations.members", Tier.Four, Members, Read, TakesJson: false),
            new("conversations.history", Tier.Three, ReadHistory, History, TakesJson: false),
            new("conversations.replies", Tier.Three, Replies, History, TakesJson: false),
        ];

    private JsonObject Open(MethodCall call)
    {
        var known = workspace.Channels.ToHashSet();
        var channel = call.Text("channel") is { } id
            ? access.Joined(id)
            : OpenWith(call.Text("users")?.Split(',', StringSplitOptions.TrimEntries) ?? []);
        var already = known.Contains(channel);
        var shown = call.Flag("return_im") ? workspace.Conversation(channel) : new JsonObject { ["id"] = channel.Id };
        return already
            ? new JsonObject
            {
                ["no_op"] = true,
                ["already_open"] = true,
                ["channel"] = shown,
            }
            : new JsonObject { ["channel"] = shown };
    }

    private Channel OpenWith(string[] users)
    {
        if (users.Length == 0)
            throw new SlackError("users_list_not_supplied");
        if (users.Length > 8)
            throw new SlackError("too_many_users");
        var people = users
            .Select(user => workspace.PersonById(user) ?? throw new SlackError("user_not_found"))
            .ToList();
        return people.Count == 1
            ? access.DirectMessages(people[0])
            : workspace.Conversation(
                ChannelKind.GroupDirectMessage,
                [.. people.Select(person => person.Id), workspace.App.BotUserId]
            );
    }

    private JsonObject Info(MethodCall call)
    {
        var json = workspace.Conversation(access.Visible(call.Required("channel")));
        if (call.Flag("include_locale"))
            json["locale"] = "en-US";
        if (!call.Flag("include_num_members"))
            json.Remove("num_members");
        return new JsonObject { ["channel"] = json };
    }

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        return Channels(call, Seen(call));
    }

    private JsonObject OfUser(MethodCall call)
    {
        workspace.RequireTeam(call);
        var userId = call.Text("user") ?? workspace.App.BotUserId;
        if (workspace.PersonById(userId) is null)
            throw new SlackError("user_not_found");
        return Channels(call, Seen(call).Where(channel => channel.HasMember(userId)), "num_members", "is_member");
    }

    /// <summary>The conversations of the asked types that the bot sees.</summary>
    private IEnumerable<Channel> Seen(MethodCall call)
    {
        var types = (call.Text("types") ?? "public_channel").Split(',', StringSplitOptions.TrimEntries);
        if (
            types.FirstOrDefault(type => type is not ("public_channel" or "private_channel" or "im" or "mpim"))
            is not null
        )
            throw new SlackError("invalid_types");
        return workspace
            .Channels.Where(channel => types.Contains(TypeOf(channel), StringComparer.Ordinal))
            .Where(channel => channel.Kind == ChannelKind.Public || channel.HasMember(workspace.App.BotUserId))
            .Where(channel => !call.Flag("exclude_archived") || !channel.IsArchived);
    }

    private JsonObject Channels(MethodCall call, IEnumerable<Channel> all, params string[] without)
    {
        var (page, next) = call.Page([.. all], call.Number("limit", 100, 1, 1000));
        var shown = page.Select(channel =>
        {
            var json = workspace.Conversation(channel);
            foreach (var name in without)
                json.Remove(name);
            return (JsonNode)json;
        });
        return new JsonObject
        {
            ["channels"] = shown.ToJsonArray(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        };
    }

    private JsonObject Members(MethodCall call)
    {
        var channel = access.Visible(call.Required("channel"));
        var (page, next) = call.Page(channel.Members, call.Number("limit", 100, 1, 1000));
        return new JsonObject
        {
            ["members"] = page.ToJsonArray(),
            ["response_metadata"] = new JsonObject { ["next_cursor"] = next },
        };
    }

    private JsonObject ReadHistory(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        RequireHistory(channel);
        var all = Between(
                channel.Messages.Where(message => !message.IsEphemeral && (!message.IsReply || message.ReplyBroadcast)),
                call
            )
            .Reverse()
            .ToList();
        return Messages(channel, all, call, 100, 999);
    }

    private JsonObject Replies(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        var ts = call.Required("ts");
        RequireHistory(channel);
        var asked = MessageStore.Find(channel, ts) is { IsEphemeral: false } message
            ? message
            : throw new SlackError("thread_not_found");
        var root = asked.ThreadTs ?? asked.Ts;
        // Slack returns the parent with every page of the thread.
        var parent = channel.Messages.Where(message => string.Equals(message.Ts, root, StringComparison.Ordinal));
        var all = parent
            .Concat(
                Between(
                    channel.Messages.Where(reply =>
                        !reply.IsEphemeral
                        && reply.IsReply
                        && string.Equals(reply.ThreadTs, root, StringComparison.Ordinal)
                    ),
                    call
                )
            )
            .ToList();
        return Messages(channel, all, call, 1000, 1000);
    }

    /// <summary>Checks the history scope, which differs by the kind of conversation.</summary>
    private void RequireHistory(Channel channel)
    {
        var needed = channel.Kind switch
        {
            ChannelKind.Public => "channels:history",
            ChannelKind.Private => "groups:history",
            ChannelKind.DirectMessage => "im:history",
            _ => "mpim:history",
        };
        workspace.RequireScope(needed);
    }

    private JsonObject Messages(Channel channel, IReadOnlyList<Message> all, MethodCall call, int limit, int most)
    {
        var (page, next) = call.Page(all, call.Number("limit", limit, 1, most));
        var withMetadata = call.Flag("include_all_metadata");
        var shown = page.Select(message =>
        {
            var json = workspace.Message(message, channel);
            if (!withMetadata)
                json.Remove("metadata");
            return (JsonNode)json;
        });
        var answer = new JsonObject
        {
            ["messages"] = shown.ToJsonArray(),
            ["has_more"] = next.Length > 0,
            ["pin_count"] = Pins.Of(channel).Count,
        };
        if (next.Length > 0)
            answer["response_metadata"] = new JsonObject { ["next_cursor"] = next };
        return answer;
    }

    private static IEnumerable<Message> Between(IEnumerable<Message> messages, MethodCall call)
    {
        var (oldest, latest, inclusive) = (call.Text("oldest"), call.Text("latest"), call.Flag("inclusive"));
        return messages.Where(message =>
            (oldest is null || Compare(message.Ts, oldest) is var after && (after > 0 || (inclusive && after == 0)))
            && (
                latest is null
                || Compare(message.Ts, latest) is var before && (before < 0 || (inclusive && before == 0))
            )
        );
    }

    private static int Compare(string ts, string other) =>
        decimal.TryParse(other, out var bound)
            ? decimal.Parse(ts).CompareTo(bound)
            : throw new SlackError("invalid_ts_oldest");

    private static string TypeOf(Channel channel) =>
        channel.Kind switch
        {
            ChannelKind.Public => "public_channel",
            ChannelKind.Private => "private_channel",
            ChannelKind.DirectMessage => "im",
            _ => "mpim",
        };
}
