using SlackSimulator.BlockKit;
using SlackSimulator.Json;
using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary>The <c>conversations.*</c> methods.</summary>
internal sealed class ConversationMethods(Workspace workspace, ChannelAccess access, Membership membership)
{
    private static readonly string[] Read = ["channels:read", "groups:read", "im:read", "mpim:read"];
    private static readonly string[] History = ["channels:history", "groups:history", "im:history", "mpim:history"];

    public IEnumerable<Method> All =>
        [
            new("conversations.open", Tier.Three, Open, ["im:write", "mpim:write"]),
            new("conversations.info", Tier.Three, Info, Read, TakesJson: false),
            new("conversations.list", Tier.Two, List, Read, TakesJson: false),
            new("conversations.members", Tier.Four, Members, Read, TakesJson: false),
            new("conversations.history", Tier.Three, ReadHistory, History, TakesJson: false),
            new("conversations.replies", Tier.Three, Replies, History, TakesJson: false),
            new("conversations.join", Tier.Three, Join, ["channels:join"]),
            new("conversations.invite", Tier.Three, Invite, ["channels:manage", "groups:write", "mpim:write"]),
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

    private JsonObject Info(MethodCall call) =>
        new() { ["channel"] = workspace.Conversation(access.Visible(call.Required("channel"))) };

    private JsonObject List(MethodCall call)
    {
        workspace.RequireTeam(call);
        var types = (call.Text("types") ?? "public_channel").Split(',', StringSplitOptions.TrimEntries);
        if (
            types.FirstOrDefault(type => type is not ("public_channel" or "private_channel" or "im" or "mpim"))
            is not null
        )
            throw new SlackError("invalid_types");
        var all = workspace
            .Channels.Where(channel => types.Contains(TypeOf(channel), StringComparer.Ordinal))
            .Where(channel => channel.Kind == ChannelKind.Public || channel.HasMember(workspace.App.BotUserId))
            .Where(channel => !call.Flag("exclude_archived") || !channel.IsArchived)
            .ToList();
        var (page, next) = call.Page(all, call.Number("limit", 100, 1, 1000));
        return new JsonObject
        {
            ["channels"] = page.Select(channel => (JsonNode)workspace.Conversation(channel)).ToJsonArray(),
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
        if (!workspace.App.BotScopes.Contains(needed, StringComparer.Ordinal))
            throw new SlackError("missing_scope")
            {
                Extra = new JsonObject
                {
                    ["needed"] = needed,
                    ["provided"] = string.Join(',', workspace.App.BotScopes),
                },
            };
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
            ["pin_count"] = 0,
        };
        if (next.Length > 0)
            answer["response_metadata"] = new JsonObject { ["next_cursor"] = next };
        return answer;
    }

    private JsonObject Join(MethodCall call)
    {
        var channel = workspace.ChannelById(call.Required("channel")) is { Kind: ChannelKind.Public } found
            ? found
            : throw new SlackError("channel_not_found");
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        var joined = membership.Add(channel, workspace.App.BotUserId, workspace.App.BotUserId);
        var answer = new JsonObject { ["channel"] = workspace.Conversation(channel) };
        if (!joined)
            (answer["warning"], answer["response_metadata"]) = (
                "already_in_channel",
                new JsonObject { ["warnings"] = new JsonArray("already_in_channel") }
            );
        return answer;
    }

    private JsonObject Invite(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        var users = call.Required("users").Split(',', StringSplitOptions.TrimEntries);
        var people = users
            .Select(user => workspace.PersonById(user) ?? throw new SlackError("user_not_found"))
            .ToList();
        if (people.Exists(person => string.Equals(person.Id, workspace.App.BotUserId, StringComparison.Ordinal)))
            throw new SlackError("cant_invite_self");
        if (people.TrueForAll(person => channel.HasMember(person.Id)))
            throw new SlackError("already_in_channel");
        foreach (var person in people)
            membership.Add(channel, person.Id, workspace.App.BotUserId);
        return new JsonObject { ["channel"] = workspace.Conversation(channel) };
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
