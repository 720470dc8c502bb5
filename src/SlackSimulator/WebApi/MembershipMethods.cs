using SlackSimulator.Model;

namespace SlackSimulator.WebApi;

/// <summary><c>conversations.join</c>, <c>.invite</c>, <c>.kick</c>, <c>.leave</c>, <c>.mark</c>.</summary>
internal sealed class MembershipMethods(Workspace workspace, ChannelAccess access, Membership membership)
    : IMethodFamily
{
    private static readonly string[] Manage = ["channels:manage", "groups:write", "im:write", "mpim:write"];

    private string Bot => workspace.App.BotUserId;

    public IEnumerable<Method> All =>
        [
            new("conversations.join", Tier.Three, Join, ["channels:join"]),
            new("conversations.invite", Tier.Three, Invite, ["channels:manage", "groups:write", "mpim:write"]),
            new("conversations.kick", Tier.Three, Kick, Manage),
            new("conversations.leave", Tier.Three, Leave, Manage),
            new("conversations.mark", Tier.Three, Mark, Manage),
        ];

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

    private JsonObject Kick(MethodCall call)
    {
        var channel = ChannelAccess.Named(access.Joined(call.Required("channel")));
        var userId = call.Text("user") ?? throw new SlackError("no_user");
        if (string.Equals(userId, Bot, StringComparison.Ordinal))
            throw new SlackError("cant_kick_self");
        if (workspace.PersonById(userId) is null)
            throw new SlackError("user_not_found");
        if (channel.IsGeneral)
            throw new SlackError("cant_kick_from_general");
        if (!channel.HasMember(userId))
            throw new SlackError("not_in_channel");
        membership.Remove(channel, userId, Bot);
        return new JsonObject { ["errors"] = new JsonObject() };
    }

    private JsonObject Leave(MethodCall call)
    {
        var channel = ChannelAccess.Named(access.Visible(call.Required("channel")));
        if (channel.IsArchived)
            throw new SlackError("is_archived");
        if (channel.IsGeneral)
            throw new SlackError("cant_leave_general");
        if (!channel.HasMember(Bot))
            return new JsonObject { ["not_in_channel"] = true };
        if (channel.Members.Count == 1)
            throw new SlackError("last_member");
        membership.Remove(channel, Bot);
        return [];
    }

    private JsonObject Mark(MethodCall call)
    {
        var channel = access.Joined(call.Required("channel"));
        var ts = call.Required("ts");
        channel.BotLastRead = MessageLookup.IsTimestamp(ts) ? ts : throw new SlackError("invalid_timestamp");
        return [];
    }
}
